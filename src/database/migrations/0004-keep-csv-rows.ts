import type { Migration } from '../migrate.js';

/**
 * Keeps what a repair file needs beside the rows themselves: `imports.csv` holds header and format of a CSV upload as
 * encrypted text, and `erased_rows` counts the rows that an erasure removed.
 */
export const keepCsvRows: Migration = {
  number: 4,
  name: 'keep-csv-rows',
  sql: `
    alter table meniscus.imports add column csv text, add column erased_rows int not null default 0;
  `,
};
