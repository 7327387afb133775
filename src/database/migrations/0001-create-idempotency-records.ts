import type { Migration } from '../migrate.js';

export const createIdempotencyRecords: Migration = {
  number: 1,
  name: 'create-idempotency-records',
  sql: `
    create table meniscus.idempotency_records (
      principal text not null,
      endpoint text not null,
      key text not null,
      fingerprint bytea not null,
      credits_points boolean not null,
      state text not null check (state in ('running', 'final')),
      lease_token uuid,
      lease_until timestamptz,
      update_ids text[] not null default '{}',
      status int,
      headers jsonb,
      body bytea,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null,
      primary key (principal, endpoint, key),
      constraint running_has_lease check (state = 'final' or (lease_token is not null and lease_until is not null)),
      constraint final_has_answer check (state = 'running' or (status is not null and headers is not null and body is not null))
    );
    create unique index idempotency_records_lease on meniscus.idempotency_records (lease_token) where state = 'running';
    create index idempotency_records_expiry on meniscus.idempotency_records (expires_at);
  `,
};
