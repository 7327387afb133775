import type { Migration } from '../migrate.js';
import { createIdempotencyRecords } from './0001-create-idempotency-records.js';
import { createCredits } from './0002-create-credits.js';
import { shareCallsAndCustomers } from './0003-share-calls-and-customers.js';
import { createImports } from './0004-create-imports.js';
import { shareChunks } from './0005-share-chunks.js';
import { makeUploadsOnce } from './0006-make-uploads-once.js';
import { nameCreditsOfRecords } from './0007-name-credits-of-records.js';
import { sealWhatIsStored } from './0008-seal-what-is-stored.js';
import { bindPrincipals } from './0009-bind-principals.js';
import { eraseCustomers } from './0010-erase-customers.js';
import { sealOwners } from './0011-seal-owners.js';

/** All steps of the schema, in order. */
export const migrations: readonly Migration[] = [
  createIdempotencyRecords,
  createCredits,
  shareCallsAndCustomers,
  createImports,
  shareChunks,
  makeUploadsOnce,
  nameCreditsOfRecords,
  sealWhatIsStored,
  bindPrincipals,
  eraseCustomers,
  sealOwners,
];
