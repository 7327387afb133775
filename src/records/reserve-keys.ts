import type { RecordKey, Reserved } from './idempotency-record.js';

/** The columns of a record that a new reservation replaces when the time of the old one is over. */
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

/** Those that it replaces when it takes over. */
const RENEWED = new Set(['lease_token', 'lease_until', 'expires_at']);

const IS_OVER = `r.expires_at <= now()`;

/** Whoever was at it is gone, or kept an answer in part. */
const IS_LEFT = `(r.state = 'running' and r.lease_until <= now() and r.fingerprint = excluded.fingerprint)`;

/**
 * One statement, whoever else does the same at the same time: each row is locked while it is decided whose it is, and all
 * lock them in the same order. Where the old record stays it is written as it was, because only a row that was written
 * is returned. What was created before this statement is taken over.
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
      ${REPLACED.map((name) => `${name} = case when ${IS_OVER}${RENEWED.has(name) ? ` or ${IS_LEFT}` : ''} then excluded.${name} else r.${name} end`).join(',\n      ')}
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

/** What it returns of each key that was asked for. */
export interface ReservedRow extends RecordKey {
  readonly kind: Reserved['kind'];
  readonly lease_left_ms: number;
  readonly is_taken_over: boolean;
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string | null;
  readonly body_digest: Uint8Array | null;
}
