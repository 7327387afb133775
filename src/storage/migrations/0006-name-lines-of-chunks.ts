import type { Migration } from '../migrate.js';

/** Payloads are sealed from now on, so SQL cannot look into them. */
export const nameLinesOfChunks: Migration = {
  number: 6,
  name: 'name-lines-of-chunks',
  sql: `
    alter table meniscus.import_chunks add column lines int[];
    update meniscus.import_chunks
      set lines = (select array_agg((item->>'line')::int) from jsonb_array_elements(payload::jsonb) as item);
    alter table meniscus.import_chunks
      alter column lines set not null,
      drop column item_count,
      add constraint a_hundred_lines check (cardinality(lines) between 1 and 100);
  `,
};
