import type { Migration } from '../migrate.js';
import { createSchema } from './0001-create-schema.js';
import { endImports } from './0002-end-imports.js';

/** All migrations, in order. */
export const migrations: readonly Migration[] = [createSchema, endImports];
