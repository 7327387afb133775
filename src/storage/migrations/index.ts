import type { Migration } from '../migrate.js';
import { createIdempotencyRecords } from './0001-create-idempotency-records.js';

/** All steps of the schema, in order. */
export const migrations: readonly Migration[] = [createIdempotencyRecords];
