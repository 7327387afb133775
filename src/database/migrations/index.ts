import type { Migration } from '../migrate.js';
import { createSchema } from './0001-create-schema.js';
import { importWholeUpdates } from './0002-import-whole-updates.js';
import { endImports } from './0003-end-imports.js';
import { keepCsvRows } from './0004-keep-csv-rows.js';
import { keepExplanations } from './0005-keep-explanations.js';
import { knowInstances } from './0006-know-instances.js';

/** All migrations, in order. */
export const migrations: readonly Migration[] = [
  createSchema,
  importWholeUpdates,
  endImports,
  keepCsvRows,
  keepExplanations,
  knowInstances,
];
