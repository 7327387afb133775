import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { Database, type Queryable } from '../database/database.js';
import { Batcher } from '../database/batcher.js';
import {
  type HeldKey,
  type KeySpace,
  type KeyedReservation,
  type RecordKey,
  type Reservation,
  type Reserved,
  type StoredAnswer,
  answerContext,
} from './idempotency-record.js';
import { ANSWERED_LATE } from './credits.repository.js';
import { RESERVE, type ReservedRow } from './reserve-keys.js';
import { FieldCipher } from './encryption/field-cipher.js';

/** Selects the records of leases that are still held, and locks them in the same order as reservations do. */
const HELD = `
  select r.principal, r.endpoint, r.key, r.lease_token, r.credit_ids from meniscus.idempotency_records r
  where r.lease_token = any($1::uuid[]) and r.state = 'running'
  order by r.principal, r.endpoint, r.key for update`;

/**
 * Deletes certain credits in the statement that stores the answer, and not before: without an answer, a missing row means
 * that the credit was never sent.
 */
const FORGET_CREDITS_OF_HELD = `
  delete from meniscus.credits
  where id in (select unnest(credit_ids) from held) and state in ('credited', 'not-credited')`;

/** Ends leases, and deletes the records under which nothing happened. */
const RELEASE = `
  with held as (
    select lease_token, credit_ids, body is null and not exists (
      select from meniscus.credits c where c.id = any(r.credit_ids) and c.state <> 'not-credited') as is_harmless
    from meniscus.idempotency_records r where lease_token = any($1::uuid[])
  ), forgotten as (
    delete from meniscus.credits
    where id in (select unnest(credit_ids) from held where is_harmless) and state = 'not-credited'
  ), removed as (
    delete from meniscus.idempotency_records r using held h where r.lease_token = h.lease_token and h.is_harmless
  )
  update meniscus.idempotency_records r set lease_until = now()
  from held h where r.lease_token = h.lease_token and not h.is_harmless`;

/** The first attempt is soon; the second is after the server has canceled a statement that hangs. */
const RELEASE_AFTER_MS = [1000, 10_000];

type RequestedReservation = RecordKey & Reservation;

/** An answer with the lease under which it is stored. */
export interface GivenAnswer extends HeldKey {
  readonly answer: StoredAnswer;
}

/** In a statement for 16 records, each costs about a sixth of a statement for one; see bench/README.md. */
const BATCH = { maxBatchSize: 32, concurrency: 2 };

function nameOf({ principal, endpoint, key }: RecordKey): string {
  return JSON.stringify([principal, endpoint, key]);
}

/** Stores the first answer under each idempotency key, and which request is working on it. */
@Injectable()
export class IdempotencyRepository {
  private readonly reserving = new Batcher<RequestedReservation, () => Reserved>({
    loadMany: (reservations) => this.reserveAll(reservations, reservations[0]?.leaseMs ?? 0),
    fits: (one, others) =>
      others.every((other) => other.leaseMs === one.leaseMs && nameOf(other) !== nameOf(one)),
    ...BATCH,
  });
  private readonly finishing = new Batcher<GivenAnswer, boolean>({
    loadMany: async (answers) => {
      const ended = await this.finishAll(answers, this.database);
      return answers.map(({ leaseToken }) => ended.has(leaseToken));
    },
    ...BATCH,
  });

  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
    private readonly cipher: FieldCipher,
  ) {}

  /** Reserves the key, so that only this caller does its work. */
  async reserve(key: RecordKey, reservation: Reservation): Promise<Reserved> {
    const read = await this.reserving.load({ ...key, ...reservation });
    return read();
  }

  /**
   * Reserves several different keys.
   *
   * @returns the results in the order of the keys
   */
  async reserveMany(
    space: KeySpace,
    reservations: readonly KeyedReservation[],
    leaseMs: number,
  ): Promise<Reserved[]> {
    const found = await this.reserveAll(
      reservations.map((one) => ({ ...space, ...one })),
      leaseMs,
    );
    return found.map((read) => read());
  }

  /** @returns a function for each key that decrypts its answer: an answer that cannot be decrypted fails only its own key */
  private async reserveAll(
    reservations: readonly (RecordKey & KeyedReservation)[],
    leaseMs: number,
  ): Promise<(() => Reserved)[]> {
    const tokens = new Map(reservations.map((one) => [nameOf(one), randomUUID()]));
    const wasAvailable = this.database.whyUnavailable() === undefined;
    const answered = this.database.query<ReservedRow>(RESERVE, [
      reservations.map(({ principal }) => principal),
      reservations.map(({ endpoint }) => endpoint),
      reservations.map(({ key }) => key),
      reservations.map(({ fingerprint }) => fingerprint),
      reservations.map(({ creditIds }) => JSON.stringify(creditIds)),
      [...tokens.values()],
      leaseMs,
      this.settings.IDEMPOTENCY_RETENTION_MS,
      reservations.some(({ protectedLease }) => protectedLease === 'any'),
      reservations.flatMap(({ protectedLease }) =>
        typeof protectedLease === 'object' ? [protectedLease.token] : [],
      ),
    ]);
    const { rows } = await answered.catch((error: unknown) => {
      if (wasAvailable) this.releaseLater([...tokens.values()]);
      throw error;
    });
    const found = new Map(
      rows.map((row) => [nameOf(row), () => this.readReserved(row, tokens.get(nameOf(row)) ?? '')] as const),
    );
    return reservations.flatMap((one) => found.get(nameOf(one)) ?? []);
  }

  /**
   * Extends the lease to this long from now, and keeps the record at least as long.
   *
   * @returns false if another request holds the lease now
   */
  async extendLease(leaseToken: string, leaseMs: number): Promise<boolean> {
    return this.changed(
      `update meniscus.idempotency_records
       set lease_until = now() + $2::float8 * interval '1 millisecond',
         expires_at = greatest(expires_at, now() + $2::float8 * interval '1 millisecond')
       where lease_token = $1 and state = 'running'`,
      [leaseToken, leaseMs],
    );
  }

  /**
   * Stores the answer for the retention time.
   *
   * @param tx the transaction that makes the answer true, if there is one
   * @returns false if another request holds the lease now; its answer will be stored instead
   */
  async finish({ record, leaseToken }: HeldKey, answer: StoredAnswer, tx?: Queryable): Promise<boolean> {
    if (!tx) return this.finishing.load({ record, leaseToken, answer });
    return (await this.finishAll([{ record, leaseToken, answer }], tx)).has(leaseToken);
  }

  /** @returns the leases that were still held */
  async finishMany(answers: readonly GivenAnswer[]): Promise<ReadonlySet<string>> {
    return this.finishAll(answers, this.database);
  }

  /**
   * Revises the answer that another process stored after it took the key over. An answer stays if it belongs to another
   * request, or if a person has resolved a credit of it.
   *
   * @param revise returns what replaces the stored answer; undefined if it stays
   */
  async revise(
    { principal, endpoint, key }: RecordKey,
    fingerprint: Buffer,
    revise: (stored: StoredAnswer) => StoredAnswer | undefined,
  ): Promise<void> {
    await this.database.transaction(async (tx) => {
      const { rows } = await tx.query<ReservedRow>(
        `select principal, endpoint, key, status, headers, body, body_digest from meniscus.idempotency_records r
         where principal = $1 and endpoint = $2 and key = $3 and fingerprint = $4 and state = 'final'
           and not exists (select from meniscus.credits c
             where c.id = any(r.credit_ids) and c.state = 'resolved' and c.note is distinct from '${ANSWERED_LATE}')
         for update`,
        [principal, endpoint, key, fingerprint],
      );
      const revised = rows[0] && revise(this.readAnswer(rows[0]));
      if (!revised) return;
      const { status, headers, body } = revised;
      await tx.query(
        `update meniscus.idempotency_records set status = $4, headers = $5::jsonb, body = $6
         where principal = $1 and endpoint = $2 and key = $3`,
        [
          principal,
          endpoint,
          key,
          status,
          JSON.stringify(headers),
          this.cipher.encrypt(body, answerContext({ principal, endpoint, key })),
        ],
      );
    });
  }

  /** @returns the leases that were still held */
  private async finishAll(answers: readonly GivenAnswer[], to: Queryable): Promise<Set<string>> {
    const { rows } = await to.query<{ lease_token: string }>(
      `with held as (${HELD}),
         given as (
           select * from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::bytea[])
             as g(lease_token, status, headers, body, body_digest)
         ),
         forgotten as (${FORGET_CREDITS_OF_HELD})
       update meniscus.idempotency_records r
       set state = 'final', lease_token = null, lease_until = null, status = g.status, headers = g.headers::jsonb,
         body = g.body, body_digest = g.body_digest, expires_at = now() + $6::float8 * interval '1 millisecond'
       from held h join given g on g.lease_token = h.lease_token
       where r.principal = h.principal and r.endpoint = h.endpoint and r.key = h.key
       returning h.lease_token`,
      [
        answers.map(({ leaseToken }) => leaseToken),
        answers.map(({ answer }) => answer.status),
        answers.map(({ answer }) => JSON.stringify(answer.headers)),
        answers.map(({ record, answer }) => this.cipher.encrypt(answer.body, answerContext(record))),
        answers.map(({ answer }) => answer.bodyDigest ?? null),
        this.settings.IDEMPOTENCY_RETENTION_MS,
      ],
    );
    return new Set(rows.map(({ lease_token: leaseToken }) => leaseToken));
  }

  /**
   * Stores an answer with parts that may be retried: the next request with the same fingerprint reserves the key and is
   * given this answer.
   */
  async finishInPart(
    { record, leaseToken }: HeldKey,
    { status, headers, body }: StoredAnswer,
  ): Promise<boolean> {
    return this.changed(
      `with held as (${HELD}), forgotten as (${FORGET_CREDITS_OF_HELD})
       update meniscus.idempotency_records r
       set lease_until = now(), status = $2, headers = $3::jsonb, body = $4,
         expires_at = now() + $5::float8 * interval '1 millisecond'
       from held h where r.lease_token = h.lease_token`,
      [
        [leaseToken],
        status,
        JSON.stringify(headers),
        this.cipher.encrypt(body, answerContext(record)),
        this.settings.IDEMPOTENCY_RETENTION_MS,
      ],
    );
  }

  /**
   * Deletes the record, because nothing was applied and the caller may reuse the key. If a partial answer was stored, or
   * points may have been credited, it ends the lease instead, and the next request takes over at once.
   */
  async release(leaseToken: string): Promise<boolean> {
    return (await this.releaseMany([leaseToken])) === 1;
  }

  /** @returns the number of leases that were still held */
  async releaseMany(leaseTokens: readonly string[]): Promise<number> {
    return this.database.transaction(async (tx) => {
      const { rows } = await tx.query<{ lease_token: string }>(HELD, [[...leaseTokens]]);
      // A separate statement, because it must see credits that were recorded while this one waited for the locks.
      await tx.query(RELEASE, [rows.map(({ lease_token: leaseToken }) => leaseToken)]);
      return rows.length;
    });
  }

  /**
   * Removes expired records and their certain credits; several instances may do so at once.
   *
   * @returns the number of records; if it equals the limit, there may be more
   */
  async removeExpired(limit: number): Promise<number> {
    const { rowCount } = await this.database.background.query(
      `with removed as (
         delete from meniscus.idempotency_records
         where (principal, endpoint, key) in (
           select principal, endpoint, key from meniscus.idempotency_records
           where expires_at <= now() limit $1 for update skip locked)
         returning credit_ids
       ), forgotten as (
         delete from meniscus.credits
         where id in (select unnest(credit_ids) from removed) and state in ('credited', 'not-credited')
       )
       select 1 from removed`,
      [limit],
    );
    return rowCount;
  }

  /**
   * Releases reservations that may have been made before the connection was lost. No work is done under them; without
   * this, their keys would be in use until the lease ends.
   */
  private releaseLater(leaseTokens: readonly string[]): void {
    for (const waitMs of RELEASE_AFTER_MS) {
      const release = (): void => void this.releaseMany(leaseTokens).catch(() => undefined);
      setTimeout(release, waitMs).unref();
    }
  }

  private readReserved(row: ReservedRow, leaseToken: string): Reserved {
    const { kind, lease_left_ms: leaseLeftMs, is_taken_over: isTakenOver } = row;
    const { principal, endpoint, key } = row;
    switch (kind) {
      case 'reserved':
        return {
          kind,
          record: { principal, endpoint, key },
          leaseToken,
          isTakenOver,
          ...(row.body && { earlier: this.cipher.decrypt(row.body, answerContext(row)) }),
        };
      case 'running':
        return { kind, retryAfterMs: Math.ceil(leaseLeftMs) };
      case 'replay':
        return { kind, answer: this.readAnswer(row) };
      case 'conflict':
        return { kind };
    }
  }

  private readAnswer(row: ReservedRow): StoredAnswer {
    const { status, headers, body, body_digest: digest } = row;
    return {
      status,
      headers,
      body: this.cipher.decrypt(body ?? '', answerContext(row)),
      ...(digest && { bodyDigest: Buffer.from(digest) }),
    };
  }

  private async changed(text: string, values: readonly unknown[]): Promise<boolean> {
    const { rowCount } = await this.database.query(text, values);
    return rowCount === 1;
  }
}
