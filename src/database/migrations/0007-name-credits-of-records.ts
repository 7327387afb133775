import type { Migration } from '../migrate.js';

/**
 * A record names the credits of its updates, so that whoever takes it over can ask for them. Where work with points runs
 * under the version before it names none: a fingerprint that nobody has keeps everybody from taking it over.
 */
export const nameCreditsOfRecords: Migration = {
  number: 7,
  name: 'name-credits-of-records',
  sql: `
    update meniscus.idempotency_records set fingerprint = '' where state = 'running' and credits_points;
    alter table meniscus.idempotency_records drop column credits_points;
    alter table meniscus.idempotency_records rename column update_ids to credit_ids;
  `,
};
