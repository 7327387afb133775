import type { Migration } from '../migrate.js';
import { createIdempotencyRecords } from './0001-create-idempotency-records.js';
import { createCredits } from './0002-create-credits.js';
import { createImports } from './0003-create-imports.js';

/** All steps of the schema, in order. */
export const migrations: readonly Migration[] = [createIdempotencyRecords, createCredits, createImports];
