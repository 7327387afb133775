import type { Migration } from '../migrate.js';

/** What tells of people is sealed from now on, as text that SQL cannot look into. */
export const sealWhatIsStored: Migration = {
  number: 8,
  name: 'seal-what-is-stored',
  sql: `
    alter table meniscus.idempotency_records alter column body type text using convert_from(body, 'UTF8');
    alter table meniscus.import_chunks add column lines int[];
    update meniscus.import_chunks
      set lines = (select array_agg((item->>'line')::int) from jsonb_array_elements(payload::jsonb) as item);
    alter table meniscus.import_chunks
      alter column lines set not null,
      drop column item_count,
      add constraint a_hundred_lines check (cardinality(lines) between 1 and 100);
  `,
};
