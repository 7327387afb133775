import { Injectable } from '@nestjs/common';
import { Database, type Queryable } from '../database/database.js';
import { FieldCipher } from './encryption/field-cipher.js';

/** The lease of a chunk. It ends when another process claims the chunk, or the chunk is done. */
export interface ChunkLease {
  readonly importId: string;
  readonly number: number;
  readonly holder: string;
}

/** The lease that must be held while points are sent: the token of an idempotency record, or a chunk of an import. */
export type CreditLease = string | ChunkLease;

/** Points that are about to be sent to the vendor. */
export interface NewCredit {
  readonly id: string;
  /** The owner. */
  readonly principal?: string | undefined;
  /** Source, account and attribution. */
  readonly route: object;
  readonly points: number;
  /** The update as JSON, to send it again. */
  readonly payload: string;
  /** Whether the row stays once the vendor's answer is certain, because the caller that chose the id reads it later. */
  readonly isKept: boolean;
  readonly lease?: CreditLease | undefined;
}

/** How one bulk call ended for a credit; `unknown` if there was no answer. */
export interface CreditFate {
  readonly id: string;
  /** The call that it is about; a fate that is recorded late says nothing about a later call. Absent: the latest call. */
  readonly callId?: string | undefined;
  readonly fate: 'credited' | 'not-credited' | 'unknown';
  readonly reason?: string | undefined;
  readonly upstreamRequestId?: string | undefined;
}

/** A credit that was resolved by hand, although the vendor's late answer proves the opposite. */
export interface ContradictedCredit {
  readonly id: string;
  readonly fate: 'credited' | 'not-credited';
  readonly upstreamRequestId: string | null;
}

export type Resolution = 'applied' | 'not-applied';

/** A credit that was reported as unknown, and may have been resolved since. */
export interface UnknownCredit {
  readonly id: string;
  readonly state: 'unknown' | 'resolved';
  /** The owner; null if the update was sent without one. */
  readonly principal: string | null;
  readonly route: Record<string, unknown>;
  readonly points: number;
  readonly reason: string | null;
  readonly upstreamRequestId: string | null;
  readonly createdAt: Date;
  readonly sentAt: Date | null;
  readonly resolution: Resolution | null;
  readonly note: string | null;
  readonly resentAs: string | null;
  readonly resolvedAt: Date | null;
  /** The update as JSON; null once the credit is resolved, or its customer was erased. */
  readonly payload: string | null;
}

export interface UnknownCreditQuery {
  readonly state: UnknownCredit['state'];
  readonly limit: number;
  /** The id of the last credit on the previous page. */
  readonly after?: string | undefined;
  /** Owner filter; undefined lists the credits of all owners. */
  readonly principal?: string | undefined;
}

const COLUMNS = `id, state, principal, route, points, reason, upstream_request_id as "upstreamRequestId", created_at as "createdAt",
  sent_at as "sentAt", resolution, note, resent_as as "resentAs", resolved_at as "resolvedAt", payload`;

/** The encryption context of a payload. It binds the payload to the owner and the points, which decide what a caller may do. */
export function payloadContext({
  id,
  principal,
  points,
}: {
  readonly id: string;
  readonly principal?: string | null | undefined;
  readonly points: number | string;
}): string {
  return `credits:${JSON.stringify([id, principal ?? '', String(points)])}`;
}

/** The note of a credit in doubt that its own process resolves, because it was answered after all. */
export const ANSWERED_LATE = 'the vendor answered late';

/** The reason of a credit when the process ended before it recorded the answer. */
const INTERRUPTED = 'process-ended';

/**
 * Keeps a row for each credit that is being sent or is unknown. The row is written before the call is sent, so that no
 * crash loses the fact that points may have been credited.
 */
@Injectable()
export class CreditsRepository {
  constructor(
    private readonly database: Database,
    private readonly cipher: FieldCipher,
  ) {}

  /**
   * Records that a call is about to send these credits. Their leases are locked meanwhile, so no other process can take
   * them over: a process that lost its lease records nothing, even if the credit of its successor is deleted again.
   *
   * @returns the ids that may be sent; the others are being sent, credited or unknown already, or another process holds
   * their record or chunk now
   */
  async noteSent(callId: string, credits: readonly NewCredit[]): Promise<Set<string>> {
    const tokens = credits.map(({ lease }) => (typeof lease === 'string' ? lease : null));
    const chunks = credits.map(({ lease }) => (typeof lease === 'object' ? lease : undefined));
    const { rows } = await this.database.query<{ id: string }>(
      `with held_records as (
         select lease_token from meniscus.idempotency_records
         where lease_token = any($7::uuid[]) and state = 'running' order by principal, endpoint, key for share
       ), held_chunks as (
         -- Checks the holder, not the time: until another process claims the chunk, no other process sends its lines.
         select import_id, number, holder from meniscus.import_chunks
         where (import_id, number, holder) in (select * from unnest($9::uuid[], $10::int[], $11::uuid[]))
           and state = 'waiting' order by import_id, number for share
       )
       insert into meniscus.credits as c (id, state, is_kept, route, points, payload, call_id, sent_at, principal)
       select id, 'sent', is_kept, route::jsonb, points, payload, $6::uuid, now(), principal
       from unnest($1::text[], $2::boolean[], $3::text[], $4::bigint[], $5::text[], $7::uuid[], $8::text[], $9::uuid[],
         $10::int[], $11::uuid[]) as n(id, is_kept, route, points, payload, lease_token, principal, import_id, number, holder)
       where (lease_token is null or lease_token in (select lease_token from held_records))
         and (import_id is null or (import_id, number, holder) in (select import_id, number, holder from held_chunks))
       on conflict (id) do update set state = 'sent', call_id = excluded.call_id, sent_at = now(),
           route = excluded.route, points = excluded.points,
           payload = case
             when c.payload is null then null -- its customer was erased
             when c.principal is distinct from excluded.principal then c.payload -- another principal sends it again: its owner keeps it
             else excluded.payload end
         where c.state in ('waiting', 'not-credited')
       returning id`,
      [
        credits.map(({ id }) => id),
        credits.map(({ isKept }) => isKept),
        credits.map(({ route }) => JSON.stringify(route)),
        credits.map(({ points }) => points),
        credits.map((one) => this.cipher.encrypt(one.payload, payloadContext(one))),
        callId,
        tokens,
        credits.map(({ principal }) => principal ?? null),
        chunks.map((chunk) => chunk?.importId ?? null),
        chunks.map((chunk) => chunk?.number ?? null),
        chunks.map((chunk) => chunk?.holder ?? null),
      ],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /**
   * Records how credits ended. A certain credit that is not kept is deleted; a late answer resolves a credit that was
   * unknown before. Recording the same fate twice has the effect of recording it once.
   *
   * @returns the credits that were resolved by hand, and against this answer: they keep their resolution, and show what
   * the vendor answered
   */
  async noteFates(fates: readonly CreditFate[]): Promise<ContradictedCredit[]> {
    const { rows } = await this.database.query<ContradictedCredit>(
      `with fate as (
         select f.*, case f.fate when 'credited' then 'applied' when 'not-credited' then 'not-applied' end as resolution
         from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::uuid[])
           as f(id, fate, reason, upstream_request_id, call_id)
       ), forgotten as (
         delete from meniscus.credits c using fate f
         where c.id = f.id and (f.call_id is null or c.call_id = f.call_id)
           and c.state = 'sent' and not c.is_kept and f.fate <> 'unknown'
       ), noted as (
         update meniscus.credits c set
           state = case when c.state = 'unknown' and f.fate <> 'unknown' then 'resolved' else f.fate end,
           resolution = case when c.state = 'unknown' then f.resolution end,
           resolved_at = case when c.state = 'unknown' and f.fate <> 'unknown' then now() end,
           note = case when c.state = 'unknown' and f.fate <> 'unknown' then '${ANSWERED_LATE}' end,
           reason = coalesce(f.reason, c.reason),
           upstream_request_id = coalesce(f.upstream_request_id, c.upstream_request_id),
           settled_at = now(),
           payload = case when c.state = 'unknown' and f.fate <> 'unknown' then null else c.payload end
         from fate f
         where c.id = f.id and (f.call_id is null or c.call_id = f.call_id)
           and (c.state = 'unknown' or (c.state = 'sent' and (c.is_kept or f.fate = 'unknown')))
       )
       update meniscus.credits c set
         reason = 'vendor-' || f.fate, upstream_request_id = coalesce(f.upstream_request_id, c.upstream_request_id)
       from fate f
       where c.id = f.id and (f.call_id is null or c.call_id = f.call_id)
         and c.state = 'resolved' and c.resolution <> f.resolution and c.reason is distinct from 'vendor-' || f.fate
       returning c.id, f.fate, c.upstream_request_id as "upstreamRequestId"`,
      [
        fates.map(({ id }) => id),
        fates.map(({ fate }) => fate),
        fates.map(({ reason }) => reason ?? null),
        fates.map(({ upstreamRequestId }) => upstreamRequestId ?? null),
        fates.map(({ callId }) => callId ?? null),
      ],
    );
    return rows;
  }

  /** Returns the states of kept credits by id; a credit that was never sent has none. */
  async statesOf(ids: readonly string[]): Promise<Map<string, string>> {
    const { rows } = await this.database.query<{ id: string; state: string }>(
      `select id, state from meniscus.credits where id = any($1::text[])`,
      [[...ids]],
    );
    return new Map(rows.map(({ id, state }) => [id, state]));
  }

  /**
   * Returns the states like `statesOf`, for a process that takes over from one that may have sent the credits: those
   * being sent become unknown first.
   */
  async takeOver(ids: readonly string[]): Promise<Map<string, string>> {
    await this.database.query(
      `update meniscus.credits set state = 'unknown', reason = '${INTERRUPTED}', settled_at = now()
       where id = any($1::text[]) and state = 'sent'`,
      [[...ids]],
    );
    return this.statesOf(ids); // a second statement sees an answer that was recorded meanwhile
  }

  /** Deletes kept credits that are certain, once their result is stored elsewhere. */
  async forget(ids: readonly string[], to: Queryable = this.database): Promise<void> {
    await to.query(
      `delete from meniscus.credits where id = any($1::text[]) and state in ('waiting', 'credited', 'not-credited')`,
      [[...ids]],
    );
  }

  /** Lists unknown credits, oldest first. */
  async list({ state, limit, after, principal }: UnknownCreditQuery): Promise<UnknownCredit[]> {
    const { rows } = await this.database.query<UnknownCredit>(
      `select ${COLUMNS} from meniscus.credits
       where state = $1 and ($4::text is null or principal = $4)
         and ($3::text is null or (created_at, id) > (
           select created_at, id from meniscus.credits where id = $3 and ($4::text is null or principal = $4)))
       order by created_at, id limit $2`,
      [state, limit, after ?? null, principal ?? null],
    );
    return rows.map((row) => this.decrypted(row));
  }

  async find(id: string): Promise<UnknownCredit | undefined> {
    const { rows } = await this.database.query<UnknownCredit>(
      `select ${COLUMNS} from meniscus.credits where id = $1 and state in ('unknown', 'resolved')`,
      [id],
    );
    return rows[0] && this.decrypted(rows[0]);
  }

  /** @returns whether the credit was unknown until now */
  async confirm(id: string, note: string): Promise<boolean> {
    const { rowCount } = await this.database.query(
      `update meniscus.credits set state = 'resolved', resolution = 'applied', note = $2, resolved_at = now(), payload = null
       where id = $1 and state = 'unknown'`,
      [id, note],
    );
    return rowCount === 1;
  }

  /**
   * Resolves a credit as not applied, and records a new credit that is to be sent, in one transaction: a crash loses
   * neither.
   *
   * @returns the payload to send; null if the customer was erased, so that the credit is resolved and nothing is sent;
   * undefined if the credit was not unknown
   */
  async release(id: string, note: string, newId: string): Promise<{ payload: string | null } | undefined> {
    return this.database.transaction(async (tx) => {
      const { rows } = await tx.query<Pick<UnknownCredit, 'id' | 'principal' | 'points' | 'payload'>>(
        `select id, principal, points, payload from meniscus.credits where id = $1 and state = 'unknown' for update`,
        [id],
      );
      const [found] = rows;
      if (!found) return undefined;
      const { payload } = this.decrypted(found);
      const moved =
        payload === null ? null : this.cipher.encrypt(payload, payloadContext({ ...found, id: newId }));
      await tx.query(
        `with resolved as (
           update meniscus.credits set state = 'resolved', resolution = 'not-applied', note = $2, resolved_at = now(),
             resent_as = case when $4::text is not null then $3::text end, payload = null
           where id = $1 returning route, points, principal
         )
         insert into meniscus.credits (id, state, is_kept, route, points, payload, principal)
         select $3::text, 'waiting', true, route, points, $4::text, principal from resolved where $4::text is not null`,
        [id, note, newId, moved],
      );
      return { payload };
    });
  }

  /** Makes a credit unknown again that was released and then not sent. */
  async reopen(id: string, reason: string): Promise<void> {
    await this.database.query(
      `update meniscus.credits set state = 'unknown', reason = $2, settled_at = now()
       where id = $1 and state in ('waiting', 'not-credited')`,
      [id, reason],
    );
  }

  /**
   * Makes credits unknown that have been waiting or sent for too long, because their process ended.
   *
   * @param afterMs longer than any call takes, including retries with a new token
   * @param inFlight the ids of credits that this process is sending: it lives, whatever the time of the database is
   * @returns the number of credits
   */
  async takeForUnknown(afterMs: number, inFlight: readonly string[] = []): Promise<number> {
    const { rowCount } = await this.database.background.query(
      `update meniscus.credits set state = 'unknown', reason = '${INTERRUPTED}', settled_at = now()
       where state in ('waiting', 'sent') and coalesce(sent_at, created_at) < now() - $1::float8 * interval '1 millisecond'
         and id <> all($2::text[])`,
      [afterMs, [...inFlight]],
    );
    return rowCount;
  }

  private decrypted<R extends Pick<UnknownCredit, 'id' | 'principal' | 'points' | 'payload'>>(row: R): R {
    return row.payload === null
      ? row
      : { ...row, payload: this.cipher.decrypt(row.payload, payloadContext(row)) };
  }
}
