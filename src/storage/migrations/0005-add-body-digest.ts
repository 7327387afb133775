import type { Migration } from '../migrate.js';

export const addBodyDigest: Migration = {
  number: 5,
  name: 'add-body-digest',
  sql: 'alter table meniscus.idempotency_records add column body_digest bytea',
};
