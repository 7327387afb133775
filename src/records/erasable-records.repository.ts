import { Injectable } from '@nestjs/common';
import { type UnknownCredit, payloadContext } from './credits.repository.js';
import { Database } from '../database/database.js';
import { type ErasureAccount, countErased } from './erasures.repository.js';
import { type RecordKey, answerContext } from './idempotency-record.js';
import { FieldCipher } from './encryption/field-cipher.js';

/** A stored answer of an idempotency key, complete or partial. */
export interface KeptAnswer extends RecordKey {
  /** JSON. */
  readonly body: string;
}

/** The update of a credit, kept to send it again. */
export interface KeptPayload {
  readonly id: string;
  /** JSON. */
  readonly payload: string;
  /** Orders the walk. */
  readonly createdAt: string;
}

/** The last payload of a page: the next page starts after it. */
export type PayloadCursor = Pick<KeptPayload, 'id' | 'createdAt'>;

/** Erases customers from stored answers and from payloads of credits. */
@Injectable()
export class ErasableRecordsRepository {
  constructor(
    private readonly database: Database,
    private readonly cipher: FieldCipher,
  ) {}

  /** Returns a page of answers in the order of their keys. */
  async answersAfter(
    { principal, endpoint, key }: RecordKey,
    limit: number,
  ): Promise<{ found: KeptAnswer[]; last?: RecordKey }> {
    const { rows } = await this.database.background.query<RecordKey & { body: string | null }>(
      `select principal, endpoint, key, body from meniscus.idempotency_records
       where (principal, endpoint, key) > ($1, $2, $3) order by principal, endpoint, key limit $4`,
      [principal, endpoint, key, limit],
    );
    const last = rows.at(-1);
    return {
      found: rows.flatMap(({ body, ...record }) =>
        body === null ? [] : [{ ...record, body: this.cipher.decrypt(body, answerContext(record)) }],
      ),
      ...(last && { last }),
    };
  }

  /**
   * Replaces an answer; the key protects against duplicates as before.
   *
   * @param replace maps the current body to the new one; undefined if there is nothing to erase
   * @returns false while a request continues from this answer
   */
  async replaceAnswer(
    erasureId: string,
    record: RecordKey,
    replace: (body: string) => string | undefined,
  ): Promise<boolean> {
    const { principal, endpoint, key } = record;
    return this.database.transaction(async (tx) => {
      const { rows } = await tx.query<{ body: string | null; isRunning: boolean }>(
        `select body, state = 'running' and lease_until > now() as "isRunning" from meniscus.idempotency_records
         where principal = $1 and endpoint = $2 and key = $3 for update`,
        [principal, endpoint, key],
      );
      const [found] = rows;
      if (!found || found.body === null) return true;
      if (found.isRunning) return false;
      const replaced = replace(this.cipher.decrypt(found.body, answerContext(record)));
      if (replaced === undefined) return true;
      await tx.query(
        'update meniscus.idempotency_records set body = $4 where principal = $1 and endpoint = $2 and key = $3',
        [principal, endpoint, key, this.cipher.encrypt(replaced, answerContext(record))],
      );
      await countErased(tx, erasureId, { answers: 1 });
      return true;
    });
  }

  /** Returns a page of payloads, oldest first, so that a credit that is released meanwhile under a new id comes later. */
  async payloadsAfter(
    { source, accountId }: ErasureAccount,
    { createdAt, id }: PayloadCursor,
    limit: number,
  ): Promise<KeptPayload[]> {
    const { rows } = await this.database.background.query<
      KeptPayload & Pick<UnknownCredit, 'principal' | 'points'>
    >(
      // As text: a Date would lose the microseconds.
      `select id, principal, points, payload, created_at::text as "createdAt" from meniscus.credits
       where payload is not null and route->>'source' = $1 and route->>'accountId' is not distinct from $2::text
         and (created_at, id) > ($3::timestamptz, $4) order by created_at, id limit $5`,
      [source, accountId, createdAt, id, limit],
    );
    return rows.map(({ principal, points, ...row }) => ({
      ...row,
      payload: this.cipher.decrypt(row.payload, payloadContext({ id: row.id, principal, points })),
    }));
  }

  /** Deletes the payload of a credit, and of the credit that it was just released to. The credit itself stays listed. */
  async erasePayload(erasureId: string, id: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const { rows } = await tx.query<{ resentAs: string | null }>(
        'select resent_as as "resentAs" from meniscus.credits where id = $1 for update',
        [id],
      );
      const { rowCount } = await tx.query(
        'update meniscus.credits set payload = null where id = any($1::text[]) and payload is not null',
        [[id, ...rows.flatMap(({ resentAs }) => resentAs ?? [])]],
      );
      await countErased(tx, erasureId, { credits: rowCount });
    });
  }
}
