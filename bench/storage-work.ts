import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DeliveryService } from '../src/delivery/delivery.service.js';
import { Metrics } from '../src/observability/metrics/metrics.js';
import { ImportRun } from '../src/imports/run/import-run.js';
import { ChunkPacker } from '../src/imports/upload/pack-chunks.js';
import { CreditsRepository } from '../src/records/credits.repository.js';
import type { Database } from '../src/database/database.js';
import { IdempotencyRepository } from '../src/records/idempotency.repository.js';
import type { StoredAnswer } from '../src/records/idempotency-record.js';
import { ImportRowsRepository, type NewChunk } from '../src/records/import-rows.repository.js';
import { ImportChunksRepository } from '../src/records/import-chunks.repository.js';
import { ImportsRepository } from '../src/records/imports.repository.js';
import type { PreparedDatabase } from '../src/database/prepare-database.js';
import { FieldCipher } from '../src/records/encryption/field-cipher.js';
import { bodiesFrom } from './request-bodies.js';

const RETENTION_MS = 86_400_000;
const LEASE_MS = 20_000;
const ITEMS_PER_CHUNK = 100;

/** Tables with the same columns and keys, for statements that do nothing else: the cost of the bytes alone. */
const PLAIN_TABLES = `
  create table if not exists public.plain_records (
    principal text, endpoint text, key text, fingerprint bytea, state text, status int, headers jsonb, body text,
    primary key (principal, endpoint, key));
  create table if not exists public.plain_chunks (
    import_id uuid, number int, first_line int, lines int[], payload text, primary key (import_id, number))`;

/** The stored response to one update. */
const ANSWER: StoredAnswer = {
  status: 200,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: resultOf('919900000001'),
};

function resultOf(mobile: string): string {
  return JSON.stringify({
    outcome: 'updated',
    identifiers: [{ type: 'mobile', value: mobile }],
    warnings: [],
    children: [],
    updateId: randomUUID(),
    attempts: 1,
    upstreamRequestId: randomUUID(),
  });
}

/** Packs a chunk as the service does, with lines that are padded to that many characters in total. */
function chunkOf(characters: number): NewChunk {
  const body = bodiesFrom('update', 1);
  const packer = new ChunkPacker();
  for (let line = 1; line <= ITEMS_PER_CHUNK; line += 1) {
    const dto = JSON.parse(body()) as Record<string, unknown>;
    const missing = Math.ceil(characters / ITEMS_PER_CHUNK) - JSON.stringify({ line, dto }).length - 35;
    const filling =
      missing > 0
        ? { extendedFields: { note: randomBytes(missing).toString('base64').slice(0, missing) } }
        : {};
    packer.addItem(line, { ...dto, ...filling });
  }
  const chunk = packer.take()?.chunk;
  if (!chunk) throw new Error('the packer gave no chunk');
  return chunk;
}

/** Chunks with lines as short as the README's example, and as long as in the first measurements. */
export const CHUNKS = { short: chunkOf(0), long: chunkOf(95_000) };

const bodyOfNext = bodiesFrom('update', 1);

/** Packs a chunk of an upload in which every line is valid and updates another customer. */
function chunkOfCustomers(number: number): NewChunk {
  const packer = new ChunkPacker();
  const lines = Array.from(
    { length: ITEMS_PER_CHUNK },
    (_, index) => (number - 1) * ITEMS_PER_CHUNK + index + 1,
  );
  for (const line of lines) packer.addItem(line, JSON.parse(bodyOfNext()));
  const { payload } = packer.take()?.chunk ?? {};
  if (payload === undefined) throw new Error('the packer gave no chunk');
  return { number, lines, payload };
}

/** Reports every update as updated, as a vendor that takes no time would have it. */
const DELIVERY: Pick<DeliveryService, 'submit'> = {
  submit: async (updates) => {
    const callId = randomUUID();
    const upstreamRequestId = randomUUID();
    return updates.map(() => ({
      outcome: 'updated',
      updateId: randomUUID(),
      identifiers: [{ type: 'mobile', value: '919900000001' }],
      warnings: [],
      children: [],
      attempts: 1,
      upstreamRequestId,
      callIds: [callId],
    }));
  },
};

/** How fast an import was worked off. */
export interface WorkedOff {
  readonly linesPerSecond: number;
  /** Processor time of this process with all threads, also PGlite's, but not of a PostgreSQL server. */
  readonly cpuUsPerLine: number;
}

/** Returns how many times per second that many callers run `once`, each in a loop. */
async function rateOf(seconds: number, callers: number, once: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1000;
  let count = 0;
  const call = async (): Promise<void> => {
    while (performance.now() < endsAt) {
      await once();
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
  return (count * 1000) / (performance.now() - startedAt);
}

/** The service's use of its database, and plain statements of the same bytes for comparison. */
export class StorageWork {
  private readonly idempotency: IdempotencyRepository;
  private readonly imports: ImportsRepository;
  private readonly rows: ImportRowsRepository;
  private readonly credits: CreditsRepository;
  private readonly work: ImportChunksRepository;
  private readonly database: Database;

  constructor(
    { database, queue }: PreparedDatabase,
    private readonly seconds: number,
  ) {
    this.database = database;
    const cipher = new FieldCipher({ DATA_KEYS: `bench:${randomBytes(32).toString('base64')}` }); // as in production
    const settings = { IDEMPOTENCY_RETENTION_MS: RETENTION_MS } as ConstructorParameters<
      typeof IdempotencyRepository
    >[1];
    this.idempotency = new IdempotencyRepository(database, settings, cipher);
    this.imports = new ImportsRepository(database, queue, cipher);
    this.rows = new ImportRowsRepository(database, cipher);
    this.credits = new CreditsRepository(database, cipher);
    this.work = new ImportChunksRepository(database, this.credits, cipher, new Metrics());
  }

  /** Empties the database, so that every round starts like the first one. */
  async clear(): Promise<void> {
    await this.database.query(PLAIN_TABLES);
    await this.database.query(
      `truncate public.plain_records, public.plain_chunks, meniscus.idempotency_records, meniscus.import_results,
         meniscus.import_chunks, meniscus.imports cascade`,
    );
    await this.database.query('checkpoint');
  }

  /** @returns records/s */
  async records(callers: number): Promise<number> {
    return rateOf(this.seconds, callers, async () => {
      const key = randomUUID();
      const fingerprint = createHash('sha256').update(key).digest();
      const reserved = await this.idempotency.reserve(
        { principal: 'anonymous', endpoint: 'PATCH /v1/customers', key },
        { fingerprint, leaseMs: LEASE_MS, creditIds: [] },
      );
      if (reserved.kind !== 'reserved') throw new Error(`a new key was ${reserved.kind}, not reserved`);
      await this.idempotency.finish(reserved, ANSWER);
    });
  }

  /** @returns records/s */
  async plainRecords(callers: number): Promise<number> {
    return rateOf(this.seconds, callers, async () => {
      const key = randomUUID();
      const fingerprint = createHash('sha256').update(key).digest();
      const where = ['anonymous', 'PATCH /v1/customers', key];
      await this.database.query(
        `insert into public.plain_records (principal, endpoint, key, fingerprint, state) values ($1, $2, $3, $4, 'running')`,
        [...where, fingerprint],
      );
      await this.database.query(
        `update public.plain_records set state = 'final', status = $4, headers = $5::jsonb, body = $6
         where principal = $1 and endpoint = $2 and key = $3`,
        [...where, ANSWER.status, JSON.stringify(ANSWER.headers), ANSWER.body],
      );
    });
  }

  /** Stores chunks of one upload. @returns chunks/s */
  async enqueue(chunk: NewChunk): Promise<number> {
    const id = await this.begin();
    let number = 0;
    return rateOf(this.seconds, 1, async () => {
      number += 1;
      await this.rows.store(id, { chunk: { ...chunk, number }, invalid: [] });
    });
  }

  /** @returns chunks/s */
  async plainEnqueue({ lines, payload }: NewChunk): Promise<number> {
    const id = randomUUID();
    let number = 0;
    return rateOf(this.seconds, 1, async () => {
      number += 1;
      await this.database.query(
        `insert into public.plain_chunks (import_id, number, first_line, lines, payload) values ($1, $2, $3, $4, $5)`,
        [id, number, lines[0], [...lines], payload],
      );
    });
  }

  /** Works off one import as the service does, with a delivery that takes no time. */
  async workOff(chunkCount: number): Promise<WorkedOff> {
    const id = await this.begin();
    for (let number = 1; number <= chunkCount; number += 1) {
      await this.rows.store(id, { chunk: chunkOfCustomers(number), invalid: [] });
    }
    await this.imports.accept(id, chunkCount * ITEMS_PER_CHUNK);
    const taken = await this.imports.start(id, randomUUID());
    if (!taken) throw new Error('the import was not there to be taken');

    const { work, credits } = this;
    const dependencies = {
      work,
      credits,
      delivery: DELIVERY as DeliveryService,
      maxAttempts: 8,
      trace: (_facts: unknown, deliver: () => Promise<void>) => deliver(),
      wait: sleep,
    };
    const startedAt = performance.now();
    const cpuBefore = process.cpuUsage();
    for (let isLeft = true; isLeft; { isLeft } = await work.next(id, 0)) {
      await new ImportRun(dependencies, taken, new AbortController().signal).run();
    }
    const { user, system } = process.cpuUsage(cpuBefore);
    const lineCount = chunkCount * ITEMS_PER_CHUNK;
    return {
      linesPerSecond: (lineCount * 1000) / (performance.now() - startedAt),
      cpuUsPerLine: (user + system) / lineCount,
    };
  }

  private async begin(): Promise<string> {
    const id = randomUUID();
    await this.imports.create({
      id,
      principal: 'api-key:app',
      kind: 'customers',
      route: { source: 'INSTORE' },
      onInvalid: 'reject',
    });
    return id;
  }
}
