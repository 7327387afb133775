import type { Migration } from '../migrate.js';

/**
 * Creates the table of explanations. Updates of one request that went the same way share a row: its `update_ids` names
 * them; `found_by` has the other ids that find it. Nothing in it identifies a customer.
 *
 * Rows are written once, in the order of `key`, and the oldest are removed first. Without `fastupdate`, no insert pays
 * for the index entries of many earlier ones at once.
 */
export const keepExplanations: Migration = {
  number: 5,
  name: 'keep-explanations',
  sql: `
    create table meniscus.explanations (
      key bigint generated always as identity primary key,
      submitted_at timestamptz not null,
      principal text,
      outcome text not null check (outcome in ('updated', 'rejected', 'failed', 'unknown')),
      update_ids text[] not null,
      found_by text[] not null,
      explanation text not null
    );
    create index explanations_ids on meniscus.explanations using gin ((update_ids || found_by)) with (fastupdate = off);
  `,
};
