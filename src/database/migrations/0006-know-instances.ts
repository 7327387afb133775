import type { Migration } from '../migrate.js';

/** Lists the running instances. Each reports every few seconds. */
export const knowInstances: Migration = {
  number: 6,
  name: 'know-instances',
  sql: `
    create table meniscus.instances (
      id uuid primary key,
      version text not null,
      started_at timestamptz not null,
      seen_at timestamptz not null default now()
    );
  `,
};
