import { Metrics } from '../../src/observability/metrics/metrics.js';
import { Settings } from '../../src/config/settings.js';
import { CreditsRepository } from '../../src/records/credits.repository.js';
import { ERASURE_QUEUE, ErasuresRepository } from '../../src/records/erasures.repository.js';
import { IdempotencyRepository } from '../../src/records/idempotency.repository.js';
import { ImportCsvRepository } from '../../src/records/import-csv.repository.js';
import { ImportRetentionRepository } from '../../src/records/import-retention.repository.js';
import { ImportRowsRepository, type LineResult } from '../../src/records/import-rows.repository.js';
import {
  type Claim,
  type FreeChunk,
  ImportChunksRepository,
} from '../../src/records/import-chunks.repository.js';
import { IMPORT_QUEUE, ImportsRepository } from '../../src/records/imports.repository.js';
import type { TakenImport } from '../../src/records/stored-import.js';
import type { DatabaseSettings } from '../../src/database/open-database.js';
import { type PreparedDatabase, prepareDatabase } from '../../src/database/prepare-database.js';
import { keepEvents } from './kept-events.js';
import { CIPHER } from './cipher.js';

/** The repositories of one database. */
export interface Repositories {
  readonly storage: PreparedDatabase;
  readonly imports: ImportsRepository;
  readonly rows: ImportRowsRepository;
  readonly csv: ImportCsvRepository;
  readonly chunks: ImportChunksRepository;
  readonly retention: ImportRetentionRepository;
  readonly credits: CreditsRepository;
  readonly answers: IdempotencyRepository;
  readonly erasures: ErasuresRepository;
}

/** Opens a database with its repositories and queues; a failed job is retried at once. */
export async function openRepositories(settings: DatabaseSettings): Promise<Repositories> {
  const storage = await prepareDatabase(settings, keepEvents());
  const { database, queue } = storage;
  const options = { retryLimit: 3, retryDelaySeconds: 0, keepSeconds: 3600 };
  await queue.declare(IMPORT_QUEUE, { ...options, oneWaitsPerKey: true });
  await queue.declare(ERASURE_QUEUE, options);
  const imports = new ImportsRepository(database, queue, CIPHER);
  const credits = new CreditsRepository(database, CIPHER);
  return {
    storage,
    imports,
    rows: new ImportRowsRepository(database, CIPHER),
    csv: new ImportCsvRepository(database, CIPHER),
    chunks: new ImportChunksRepository(database, credits, CIPHER, new Metrics()),
    retention: new ImportRetentionRepository(database, imports),
    credits,
    answers: new IdempotencyRepository(database, new Settings(), CIPHER),
    erasures: new ErasuresRepository(database, queue, CIPHER),
  };
}

/** Returns the results of all lines, in their order. */
export async function allResults(rows: ImportRowsRepository, importId: string): Promise<LineResult[]> {
  const all: LineResult[] = [];
  for await (const { results } of rows.results(importId)) all.push(...results);
  return all;
}

/** Claims one chunk, with hashes of its customers. */
export async function claimOne(
  chunks: ImportChunksRepository,
  holder: Pick<TakenImport, 'id' | 'holder'>,
  { number, revision }: Pick<FreeChunk, 'number' | 'revision'>,
  keys: readonly number[],
): Promise<Claim | undefined> {
  const [claim] = await chunks.claim(holder, [{ number, revision, keys }]);
  return claim;
}
