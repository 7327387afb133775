import type { Migration } from '../migrate.js';

export const makeUploadsOnce: Migration = {
  number: 6,
  name: 'make-uploads-once',
  sql: `
    alter table meniscus.idempotency_records add column body_digest bytea;
    alter table meniscus.imports add column is_given_up boolean not null default false;
  `,
};
