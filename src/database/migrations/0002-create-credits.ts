import type { Migration } from '../migrate.js';

export const createCredits: Migration = {
  number: 2,
  name: 'create-credits',
  sql: `
    create table meniscus.credits (
      id text primary key,
      state text not null check (state in ('waiting', 'sent', 'credited', 'not-credited', 'unknown', 'resolved')),
      is_kept boolean not null,
      route jsonb not null,
      points bigint not null,
      payload text,
      call_id uuid,
      upstream_request_id text,
      reason text,
      resolution text check (resolution in ('applied', 'not-applied')),
      note text,
      resent_as text,
      created_at timestamptz not null default now(),
      sent_at timestamptz,
      settled_at timestamptz,
      resolved_at timestamptz,
      constraint resolved_has_resolution check ((state = 'resolved') = (resolution is not null))
    );
    create index credits_in_doubt on meniscus.credits (created_at, id) where state in ('unknown', 'resolved');
    create index credits_under_way on meniscus.credits (coalesce(sent_at, created_at)) where state in ('waiting', 'sent');
  `,
};
