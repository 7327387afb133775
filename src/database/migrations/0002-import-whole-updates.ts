import type { Migration } from '../migrate.js';

/** Admits imports of the kind `updates`. */
export const importWholeUpdates: Migration = {
  number: 2,
  name: 'import-whole-updates',
  sql: `
    alter table meniscus.imports drop constraint imports_kind_check;
    alter table meniscus.imports add constraint imports_kind_check
      check (kind in ('customers', 'memberships', 'enrollments', 'associations', 'updates'));
  `,
};
