import type { RecordKey, Reserved } from './idempotency-record.js';

/** The columns of an expired record that a new reservation replaces. */
const REPLACED = [
  'fingerprint',
  'credit_ids',
  'state',
  'lease_token',
  'lease_until',
  'status',
  'headers',
  'body',
  'body_digest',
  'created_at',
  'expires_at',
];

/** The columns that a reservation replaces when it takes a record over. */
const RENEWED = new Set(['lease_token', 'lease_until', 'expires_at']);

const IS_EXPIRED = `r.expires_at <= now()`;

/** The lease has ended and is not protected: the process is gone, or stored a partial answer. */
const IS_ABANDONED = `(r.state = 'running' and r.lease_until <= now() and r.fingerprint = excluded.fingerprint
  and not $9::boolean and r.lease_token <> all($10::uuid[]))`;

/**
 * Reserves keys in one statement, safe against concurrent reservations: it locks each row before it decides, and every
 * reservation locks rows in the same order. A record that stays is written unchanged, because only written rows are
 * returned. A reserved record that was created before this statement is taken over.
 */
export const RESERVE = `
  with asked as (
    select a.principal, a.endpoint, a.key, a.fingerprint, a.lease_token, array(select jsonb_array_elements_text(a.credit_ids::jsonb)) as credit_ids
    from unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::text[], $6::uuid[])
      as a(principal, endpoint, key, fingerprint, credit_ids, lease_token)
  ), written as (
    insert into meniscus.idempotency_records as r
      (principal, endpoint, key, fingerprint, credit_ids, state, lease_token, lease_until, expires_at)
    select principal, endpoint, key, fingerprint, credit_ids, 'running', lease_token,
      now() + $7::float8 * interval '1 millisecond', now() + greatest($7::float8, $8::float8) * interval '1 millisecond'
    from asked order by principal, endpoint, key
    on conflict (principal, endpoint, key) do update set
      ${REPLACED.map((name) => `${name} = case when ${IS_EXPIRED}${RENEWED.has(name) ? ` or ${IS_ABANDONED}` : ''} then excluded.${name} else r.${name} end`).join(',\n      ')}
    returning *
  )
  select r.principal, r.endpoint, r.key,
    case
      when r.lease_token = a.lease_token then 'reserved'
      when r.fingerprint <> a.fingerprint then 'conflict'
      when r.state = 'final' then 'replay'
      else 'running'
    end as kind,
    (extract(epoch from r.lease_until - now()) * 1000)::float8 as lease_left_ms,
    r.created_at < now() as is_taken_over, r.status, r.headers, r.body, r.body_digest
  from written r join asked a on (a.principal, a.endpoint, a.key) = (r.principal, r.endpoint, r.key)`;

/** One row of the result, for each requested key. */
export interface ReservedRow extends RecordKey {
  readonly kind: Reserved['kind'];
  readonly lease_left_ms: number;
  readonly is_taken_over: boolean;
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string | null;
  readonly body_digest: Uint8Array | null;
}
