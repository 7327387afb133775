import { Injectable } from '@nestjs/common';
import { Database, type Queryable } from '../database/database.js';
import { Vault } from './encryption/field-cipher.js';

/** The lease of a chunk: it ends when another process claims the chunk, or the chunk is done. */
export interface ChunkLease {
  readonly importId: string;
  readonly number: number;
  readonly holder: string;
}

/** Without which points may not leave: the token of an idempotency record, or a chunk of an import. */
export type CreditLease = string | ChunkLease;

/** Points that are about to be sent to the vendor. */
export interface NewCredit {
  readonly id: string;
  /** Whose it is. */
  readonly principal?: string | undefined;
  /** Source, account and attribution. */
  readonly route: object;
  readonly points: number;
  /** All that is needed to send it once more, as JSON. */
  readonly payload: string;
  /** Whether the row stays when the vendor's answer is certain: whoever named the id asks for it later. */
  readonly isKept: boolean;
  readonly lease?: CreditLease | undefined;
}

/** What one answer, or the lack of one, says about a credit. */
export interface CreditFate {
  readonly id: string;
  readonly fate: 'credited' | 'not-credited' | 'unknown';
  readonly reason?: string | undefined;
  readonly upstreamRequestId?: string | undefined;
}

export type Resolution = 'applied' | 'not-applied';

/** A credit that was told as unknown, whatever became of it since. */
export interface UnknownCredit {
  readonly id: string;
  readonly state: 'unknown' | 'resolved';
  /** Whose it is; null where it is older than that was noted. */
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
  /** As it was given; gone when the credit is resolved, or its customer was erased. */
  readonly payload: string | null;
}

export interface UnknownCreditQuery {
  readonly state: UnknownCredit['state'];
  readonly limit: number;
  /** The id of the last one of the page before. */
  readonly after?: string | undefined;
  /** Whose alone; unset: everybody's. */
  readonly principal?: string | undefined;
}

const TOLD = `id, state, principal, route, points, reason, upstream_request_id as "upstreamRequestId", created_at as "createdAt",
  sent_at as "sentAt", resolution, note, resent_as as "resentAs", resolved_at as "resolvedAt", payload`;

/** Where a payload is sealed. It names what is told of the row and decided by: whose it is, and how many points. */
export function payloadPlace({
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

/** What is said of a credit whose process ended before its answer was noted. */
const INTERRUPTED = 'process-ended';

/**
 * A row for each credit that is on its way to the vendor or in doubt. It is written before the call leaves, so whatever
 * ends the process, nobody forgets that points may have been credited.
 */
@Injectable()
export class CreditsRepository {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
  ) {}

  /**
   * Notes that these leave with a call. The record or the chunk of a lease cannot change hands meanwhile: a process that
   * was taken for dead notes nothing any more, also when the row that whoever took over has written is forgotten again.
   *
   * @returns the ids that may leave; the others are on their way already, were credited, are in doubt, or somebody else
   * holds their record or their chunk now
   */
  async noteSent(callId: string, credits: readonly NewCredit[]): Promise<Set<string>> {
    const tokens = credits.map(({ lease }) => (typeof lease === 'string' ? lease : null));
    const chunks = credits.map(({ lease }) => (typeof lease === 'object' ? lease : undefined));
    const { rows } = await this.database.query<{ id: string }>(
      `with held_records as (
         select lease_token from meniscus.idempotency_records
         where lease_token = any($7::uuid[]) and state = 'running' order by principal, endpoint, key for share
       ), held_chunks as (
         -- By who holds it, not until when: as long as nobody has taken it over, its lines are sent by nobody else.
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
             when c.principal is distinct from excluded.principal then c.payload -- another sends it again: it stays its owner's
             else excluded.payload end
         where c.state in ('waiting', 'not-credited')
       returning id`,
      [
        credits.map(({ id }) => id),
        credits.map(({ isKept }) => isKept),
        credits.map(({ route }) => JSON.stringify(route)),
        credits.map(({ points }) => points),
        credits.map((one) => this.vault.seal(one.payload, payloadPlace(one))),
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
   * Notes what became of credits. What is certain and kept by nobody is forgotten; what was told as unknown before is
   * resolved by the late answer.
   */
  async noteFates(fates: readonly CreditFate[]): Promise<void> {
    await this.database.query(
      `with fate as (
         select * from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as f(id, fate, reason, upstream_request_id)
       ), forgotten as (
         delete from meniscus.credits c using fate f
         where c.id = f.id and c.state = 'sent' and not c.is_kept and f.fate <> 'unknown'
       )
       update meniscus.credits c set
         state = case when c.state = 'unknown' and f.fate <> 'unknown' then 'resolved' else f.fate end,
         resolution = case when c.state <> 'unknown' or f.fate = 'unknown' then null
           when f.fate = 'credited' then 'applied' else 'not-applied' end,
         resolved_at = case when c.state = 'unknown' and f.fate <> 'unknown' then now() end,
         note = case when c.state = 'unknown' and f.fate <> 'unknown' then 'the vendor answered late' end,
         reason = coalesce(f.reason, c.reason),
         upstream_request_id = coalesce(f.upstream_request_id, c.upstream_request_id),
         settled_at = now(),
         payload = case when c.state = 'unknown' and f.fate <> 'unknown' then null else c.payload end
       from fate f
       where c.id = f.id and (c.state = 'unknown' or (c.state = 'sent' and (c.is_kept or f.fate = 'unknown')))`,
      [
        fates.map(({ id }) => id),
        fates.map(({ fate }) => fate),
        fates.map(({ reason }) => reason ?? null),
        fates.map(({ upstreamRequestId }) => upstreamRequestId ?? null),
      ],
    );
  }

  /** The states of kept credits by their ids; one that never was sent has none. */
  async statesOf(ids: readonly string[]): Promise<Map<string, string>> {
    const { rows } = await this.database.query<{ id: string; state: string }>(
      `select id, state from meniscus.credits where id = any($1::text[])`,
      [[...ids]],
    );
    return new Map(rows.map(({ id, state }) => [id, state]));
  }

  /**
   * As `statesOf`, for whoever took over from a process that may have sent them: what is on its way is in doubt from now
   * on, and listed.
   */
  async takeOver(ids: readonly string[]): Promise<Map<string, string>> {
    await this.database.query(
      `update meniscus.credits set state = 'unknown', reason = '${INTERRUPTED}', settled_at = now()
       where id = any($1::text[]) and state = 'sent'`,
      [[...ids]],
    );
    return this.statesOf(ids); // a second statement: an answer that came meanwhile is seen
  }

  /** Forgets kept credits that are certain: whoever kept them has noted the result. */
  async forget(ids: readonly string[], to: Queryable = this.database): Promise<void> {
    await to.query(
      `delete from meniscus.credits where id = any($1::text[]) and state in ('waiting', 'credited', 'not-credited')`,
      [[...ids]],
    );
  }

  /** Unknown credits, the oldest first. */
  async list({ state, limit, after, principal }: UnknownCreditQuery): Promise<UnknownCredit[]> {
    const { rows } = await this.database.query<UnknownCredit>(
      `select ${TOLD} from meniscus.credits
       where state = $1 and ($4::text is null or principal = $4)
         and ($3::text is null or (created_at, id) > (
           select created_at, id from meniscus.credits where id = $3 and ($4::text is null or principal = $4)))
       order by created_at, id limit $2`,
      [state, limit, after ?? null, principal ?? null],
    );
    return rows.map((row) => this.opened(row));
  }

  async find(id: string): Promise<UnknownCredit | undefined> {
    const { rows } = await this.database.query<UnknownCredit>(
      `select ${TOLD} from meniscus.credits where id = $1 and state in ('unknown', 'resolved')`,
      [id],
    );
    return rows[0] && this.opened(rows[0]);
  }

  /** @returns whether it was unknown until now */
  async confirm(id: string, note: string): Promise<boolean> {
    const { rowCount } = await this.database.query(
      `update meniscus.credits set state = 'resolved', resolution = 'applied', note = $2, resolved_at = now(), payload = null
       where id = $1 and state = 'unknown'`,
      [id, note],
    );
    return rowCount === 1;
  }

  /**
   * Resolves a credit as not applied, and notes under a new id that it is to be sent once more, in one step: a process
   * that ends in between loses neither.
   *
   * @returns what to send; null where its customer was erased, so that it is resolved and nothing can be sent; undefined
   * where it was not unknown
   */
  async release(id: string, note: string, newId: string): Promise<{ payload: string | null } | undefined> {
    return this.database.transaction(async (tx) => {
      const { rows } = await tx.query<Pick<UnknownCredit, 'id' | 'principal' | 'points' | 'payload'>>(
        `select id, principal, points, payload from meniscus.credits where id = $1 and state = 'unknown' for update`,
        [id],
      );
      const [found] = rows;
      if (!found) return undefined;
      const { payload } = this.opened(found);
      const moved = payload === null ? null : this.vault.seal(payload, payloadPlace({ ...found, id: newId }));
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

  /** Lists one again that was to be sent once more, and was not. */
  async reopen(id: string, reason: string): Promise<void> {
    await this.database.query(
      `update meniscus.credits set state = 'unknown', reason = $2, settled_at = now()
       where id = $1 and state in ('waiting', 'not-credited')`,
      [id, reason],
    );
  }

  /**
   * Takes credits for unknown whose process ended while they were under way.
   *
   * @param afterMs longer than any call takes with its retries of tokens
   * @returns how many
   */
  async takeForUnknown(afterMs: number): Promise<number> {
    const { rowCount } = await this.database.background.query(
      `update meniscus.credits set state = 'unknown', reason = '${INTERRUPTED}', settled_at = now()
       where state in ('waiting', 'sent') and coalesce(sent_at, created_at) < now() - $1::float8 * interval '1 millisecond'`,
      [afterMs],
    );
    return rowCount;
  }

  private opened<R extends Pick<UnknownCredit, 'id' | 'principal' | 'points' | 'payload'>>(row: R): R {
    return row.payload === null ? row : { ...row, payload: this.vault.open(row.payload, payloadPlace(row)) };
  }
}
