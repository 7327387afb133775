import { Injectable } from '@nestjs/common';
import { type UnknownCredit, payloadPlace } from './credits.repository.js';
import { Database } from '../database/database.js';
import { type ErasureAccount, countErased } from './erasures.repository.js';
import { type RecordKey, answerPlace } from './idempotency-record.js';
import { Vault } from './encryption/field-cipher.js';

/** An answer under a key, whole or in part. */
export interface KeptAnswer extends RecordKey {
  /** JSON. */
  readonly body: string;
}

/** All that is needed to send a credit once more. */
export interface KeptPayload {
  readonly id: string;
  /** JSON. */
  readonly payload: string;
  /** A place in the order of the walk. */
  readonly createdAt: string;
}

/** Where a walk over payloads goes on. */
export type PayloadPlace = Pick<KeptPayload, 'id' | 'createdAt'>;

/** Answers under keys and payloads of credits, as far as they can be erased. */
@Injectable()
export class ErasableRecordsRepository {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
  ) {}

  /** In the order of their keys. */
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
        body === null ? [] : [{ ...record, body: this.vault.open(body, answerPlace(record)) }],
      ),
      ...(last && { last }),
    };
  }

  /**
   * Replaces an answer; the key protects as before.
   *
   * @param replace the answer as it is now, in another form; undefined where nothing is left to erase
   * @returns false while a request goes on from it
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
      const replaced = replace(this.vault.open(found.body, answerPlace(record)));
      if (replaced === undefined) return true;
      await tx.query(
        'update meniscus.idempotency_records set body = $4 where principal = $1 and endpoint = $2 and key = $3',
        [principal, endpoint, key, this.vault.seal(replaced, answerPlace(record))],
      );
      await countErased(tx, erasureId, { answers: 1 });
      return true;
    });
  }

  /** The oldest first, so that one which is released meanwhile, under a new id, is still to come. */
  async payloadsAfter(
    { source, accountId }: ErasureAccount,
    { createdAt, id }: PayloadPlace,
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
      payload: this.vault.open(row.payload, payloadPlace({ id: row.id, principal, points })),
    }));
  }

  /** Forgets whom a credit is about, also under the id to which it was released just now. It is listed as before. */
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
