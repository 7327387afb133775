import type { Migration } from '../migrate.js';

/** Whose an import is stands in it sealed as well; of those of before it is not sealed yet. */
export const sealOwners: Migration = {
  number: 11,
  name: 'seal-owners',
  sql: `
    alter table meniscus.imports add column owner text;
    update meniscus.imports set owner = coalesce(principal, '');
    alter table meniscus.imports alter column owner set not null;
  `,
};
