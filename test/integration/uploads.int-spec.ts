import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Settings } from '../../src/config/settings.js';
import type { Route } from '../../src/delivery/update.js';
import { PointsAllowance } from '../../src/writes/credits/points-allowance.service.js';
import type { StreamedBody } from '../../src/http/streamed-bodies.js';
import { TransactionKeys, type KeyedWork } from '../../src/writes/idempotency/transaction-keys.service.js';
import { acceptedResponse } from '../../src/imports/upload/accepted-response.js';
import { importOptions } from '../../src/imports/upload/import-options.js';
import { readUpload } from '../../src/imports/upload/read-upload.js';
import { UploadService } from '../../src/imports/upload/upload.service.js';
import type { EventLog } from '../../src/observability/event-log.js';
import type { Database, Queryable } from '../../src/database/database.js';
import type { Principal } from '../../src/security/principal.js';
import { ImportRetentionRepository } from '../../src/records/import-retention.repository.js';
import { ImportCsvRepository } from '../../src/records/import-csv.repository.js';
import { ImportRowsRepository, type LineResult } from '../../src/records/import-rows.repository.js';
import { blockColumns, insertBlocks, toBlocks } from '../../src/records/import-results.js';
import { IMPORT_QUEUE, ImportsRepository, type StoredImport } from '../../src/records/imports.repository.js';
import { PointsOfDayRepository } from '../../src/records/points-of-day.repository.js';
import type { PreparedDatabase } from '../../src/database/prepare-database.js';
import { anEnrollment } from '../builders/an-enrollment.js';
import { ANY_COLUMNS } from '../builders/any-columns.js';
import { withBothDrivers } from './drivers.js';
import { allResults, openRepositories } from './repositories.js';
import { keepEvents } from './kept-events.js';
import { CIPHER } from './cipher.js';

const PRINCIPAL: Principal = {
  kind: 'api-key',
  name: 'app',
  scopes: new Set(),
};
const TERMS = {
  kind: 'enrollments',
  onInvalid: 'skip',
  principal: PRINCIPAL,
  route: { source: 'INSTORE' } as Route,
} as const;
const LINE = JSON.stringify(anEnrollment());

const goOn = async (): Promise<void> => undefined;
const fail = async (): Promise<void> => {
  throw new Error('it is gone');
};

const REPLY = {
  header: () => REPLY,
  headers: () => REPLY,
  status: () => REPLY,
} as unknown as FastifyReply;

function requestWith(key: string): FastifyRequest {
  return {
    method: 'POST',
    url: '/v1/imports?kind=enrollments',
    routeOptions: { url: '/v1/imports' },
    query: { kind: 'enrollments' },
    principal: PRINCIPAL,
    raw: { headersDistinct: { 'idempotency-key': [key] } },
  } as unknown as FastifyRequest;
}

withBothDrivers((driver) => {
  let storage: PreparedDatabase;
  let imports: ImportsRepository;
  let retention: ImportRetentionRepository;
  let rows: ImportRowsRepository;
  let csv: ImportCsvRepository;
  let uploads: UploadService;
  let keys: TransactionKeys;
  const settings = new Settings();

  beforeAll(async () => {
    const log = keepEvents() as unknown as EventLog;
    const opened = await openRepositories(await driver.create());
    ({ storage, imports, retention, rows, csv } = opened);
    uploads = new UploadService(
      imports,
      retention,
      rows,
      csv,
      settings,
      new PointsAllowance(new PointsOfDayRepository(storage.database), log),
      log,
    );
    keys = new TransactionKeys(opened.answers, settings, log);
  });

  afterAll(async () => storage?.close());

  const rowsOf = async (table: string): Promise<number> =>
    (await storage.database.query(`select from meniscus.${table}`)).rowCount;
  const jobs = async (): Promise<number> =>
    (await storage.database.query(`select from meniscus_jobs.job where name = $1`, [IMPORT_QUEUE])).rowCount;
  /** Counts the rows and jobs of all uploads. */
  const counts = async (): Promise<number[]> => [
    await rowsOf('imports'),
    await rowsOf('import_chunks'),
    await rowsOf('import_results'),
    await jobs(),
  ];

  async function anUpload(): Promise<string> {
    const id = randomUUID();
    await imports.create({
      id,
      principal: 'api-key:app',
      kind: 'customers',
      route: { source: 'INSTORE' },
      onInvalid: 'skip',
    });
    await rows.store(id, {
      chunk: { number: 1, lines: [1], payload: '[{"line":1,"dto":{}}]' },
      invalid: [{ line: 2, outcome: 'rejected', result: '{}' }],
    });
    return id;
  }

  describe(ImportsRepository.name, () => {
    it('accepts an upload together with the further writes of its transaction, or not at all', async () => {
      const id = await anUpload();
      const jobsBefore = await jobs();
      const note = async (tx: Queryable, { total }: StoredImport): Promise<void> => {
        const noted = { line: 99, outcome: 'failed', result: String(total) } as const;
        await insertBlocks(tx, id, blockColumns(toBlocks(CIPHER, id, 2, [noted])));
      };
      const failing = imports.accept(id, 2, async (tx, accepted) => {
        await note(tx, accepted);
        throw new Error('another request has the key');
      });
      await expect(failing).rejects.toThrow('another request');
      expect(await imports.find(id)).toBeUndefined();
      expect(await allResults(rows, id)).toHaveLength(1);
      expect(await jobs()).toBe(jobsBefore);

      await imports.accept(id, 2, note);
      expect(await imports.find(id)).toMatchObject({ state: 'queued' });
      expect((await allResults(rows, id))[1]).toMatchObject({ line: 99, result: '2' });
      expect(await jobs()).toBe(jobsBefore + 1);
    });

    it('keeps an accepted upload, even if the response of the database was lost', async () => {
      const id = await anUpload();
      await imports.accept(id, 2);
      const before = await counts();
      await retention.discard(id);
      expect(await counts()).toEqual(before);
    });

    it('does not accept an upload that is being removed', async () => {
      const before = await counts();
      const id = await anUpload();
      const halfway = Object.create(storage.database, {
        background: {
          value: {
            query: async (text: string, values: unknown[]) => {
              if (text.includes('delete')) throw new Error('later');
              return storage.database.background.query(text, values);
            },
          },
        },
      }) as Database;
      await expect(new ImportRetentionRepository(halfway, imports).discard(id)).rejects.toThrow('later');
      await expect(imports.accept(id, 2)).rejects.toThrow('discarded');
      expect(await retention.abandoned(-1)).toContain(id);
      await retention.discard(id);
      expect(await counts()).toEqual(before);
    });
  });

  /** Uploads under the key; the options make it fail in the middle or right after its end. */
  async function ask(
    key: string,
    inTheMiddle: () => Promise<void> = goOn,
    afterTheEnd: () => Promise<void> = goOn,
  ): Promise<string> {
    const body: StreamedBody = { type: 'application/x-ndjson', bytes: Readable.from([Buffer.from(LINE)]) };
    return keys.run({ request: requestWith(key), reply: REPLY, body }, async (keyed: KeyedWork) => {
      await inTheMiddle();
      const lines = readUpload({ ...body, bytes: keyed.bytes }, 10, ANY_COLUMNS);
      const accepted = await uploads.upload(lines, TERMS, importOptions(keyed, settings), () => undefined);
      await afterTheEnd();
      return acceptedResponse(accepted, settings);
    });
  }

  async function endLease(key: string): Promise<void> {
    await storage.database.query(
      'update meniscus.idempotency_records set lease_until = now() where key = $1',
      [key],
    );
  }

  /** An import that has ended, in which every line failed; a line without a DTO was erased since. */
  async function failedImport(...dtos: (object | undefined)[]): Promise<StoredImport> {
    const id = randomUUID();
    const { kind, onInvalid, route } = TERMS;
    await imports.create({ id, principal: 'api-key:app', kind, route, onInvalid });
    const lines = dtos.map((_dto, index) => index + 1);
    const items = dtos.flatMap((dto, index) => (dto ? [{ line: index + 1, dto }] : []));
    await rows.store(id, { chunk: { number: 1, lines, payload: JSON.stringify(items) }, invalid: [] });
    await imports.accept(id, dtos.length);
    const results = lines.map((line): LineResult => ({ line, outcome: 'failed', result: '{}' }));
    await insertBlocks(storage.database, id, blockColumns(toBlocks(CIPHER, id, 1, results)));
    await storage.database.query(
      `update meniscus.imports set state = 'completed', failed = $2, finished_at = now() where id = $1`,
      [id, dtos.length],
    );
    const found = await imports.find(id);
    if (!found) throw new Error('it was created');
    return found;
  }

  const RETRY = { mayCreditPoints: true, maxOpen: 1000, onAccepted: goOn };

  describe(UploadService.name, () => {
    it('retries the failed lines under their numbers, and rejects those that are not valid any more', async () => {
      const [program] = anEnrollment()['programs'] as object[];
      const past = anEnrollment({ programs: [{ ...program, tierExpiryDate: '2020-01-01T00:00:00Z' }] });
      const { accepted: again, mistakes } = await uploads.retry(
        await failedImport(past, anEnrollment()),
        PRINCIPAL,
        RETRY,
      );
      expect(again).toMatchObject({ lineCount: 2, total: 2, invalid: 1, rejected: 1 });
      expect(mistakes).toMatchObject([
        { line: 1, errors: [{ pointer: '/programs/0/tierExpiryDate', line: 1 }] },
      ]);
      const { rows: chunks } = await storage.database.query<{ lines: number[] }>(
        'select lines from meniscus.import_chunks where import_id = $1',
        [again.id],
      );
      expect(chunks).toEqual([{ lines: [2] }]);
    });

    it('retries nothing where all failed lines were erased', async () => {
      const before = await rowsOf('imports');
      const erased = await failedImport(undefined);
      await expect(uploads.retry(erased, PRINCIPAL, RETRY)).rejects.toMatchObject({ type: 'import-state' });
      expect(await rowsOf('imports')).toBe(before + 1);
    });

    it('stores its answer together with the import, so that a crash after that loses neither', async () => {
      const key = randomUUID();
      const before = await rowsOf('imports');
      await expect(ask(key, goOn, fail)).rejects.toThrow('gone');
      await endLease(key);
      const { id } = JSON.parse(await ask(key)) as StoredImport;
      expect(await imports.find(id)).toMatchObject({ total: 1, state: 'queued' });
      expect(await rowsOf('imports')).toBe(before + 1);
    });

    it('leaves no import if another request took the key over, which creates the only one', async () => {
      const key = randomUUID();
      const before = await counts();
      let second = '';
      const late = ask(key, async () => {
        await endLease(key);
        second = await ask(key);
      });
      await expect(late).rejects.toMatchObject({ type: 'idempotency-key-in-use' });
      expect(await counts()).toEqual([
        Number(before[0]) + 1,
        Number(before[1]) + 1,
        before[2],
        Number(before[3]) + 1,
      ]);
      expect(await ask(key)).toBe(second);
    });

    it('leaves only a free key after a failed upload', async () => {
      const key = randomUUID();
      const before = [...(await counts()), await rowsOf('idempotency_records')];
      await expect(ask(key, fail)).rejects.toThrow('gone');
      expect([...(await counts()), await rowsOf('idempotency_records')]).toEqual(before);
      expect(JSON.parse(await ask(key))).toMatchObject({ total: 1 });
    });
  });
});
