import type { Migration } from '../migrate.js';

/**
 * Imports and credits are somebody's; those of before are nobody's. Of each principal whose points of a day are bounded,
 * the latest day is counted; an import that is counted says on which day, and its chunks say how much each line is.
 */
export const bindPrincipals: Migration = {
  number: 9,
  name: 'bind-principals',
  sql: `
    alter table meniscus.imports add column principal text, add column points_day date;
    create index imports_of_principal on meniscus.imports (principal, created_at desc, id desc);
    alter table meniscus.import_chunks add column points bigint[];
    alter table meniscus.credits add column principal text;

    create table meniscus.points_of_day (
      principal text primary key,
      day date not null,
      points bigint not null check (points >= 0)
    );
  `,
};
