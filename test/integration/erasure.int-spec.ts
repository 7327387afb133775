import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { customerKey } from '../../src/delivery/customer-key.js';
import { ErasureWalk } from '../../src/erasure/erasure-walk.js';
import { CreditsRepository, payloadContext } from '../../src/records/credits.repository.js';
import { ErasableLinesRepository } from '../../src/records/erasable-lines.repository.js';
import { ErasableRecordsRepository } from '../../src/records/erasable-records.repository.js';
import { ErasuresRepository } from '../../src/records/erasures.repository.js';
import { IdempotencyRepository } from '../../src/records/idempotency.repository.js';
import { type RecordKey, answerContext } from '../../src/records/idempotency-record.js';
import { ImportCsvRepository } from '../../src/records/import-csv.repository.js';
import { ImportRowsRepository, chunkContext } from '../../src/records/import-rows.repository.js';
import { type StoredBlock, decryptResults } from '../../src/records/import-results.js';
import {
  type FreeChunk,
  ImportChunksRepository,
  LeaseLost,
} from '../../src/records/import-chunks.repository.js';
import type { TakenImport } from '../../src/records/stored-import.js';
import { ImportsRepository } from '../../src/records/imports.repository.js';
import type { PreparedDatabase } from '../../src/database/prepare-database.js';
import { until } from '../harness/until.js';
import { withBothDrivers } from './drivers.js';
import { allResults, claimOne, openRepositories } from './repositories.js';
import { CIPHER } from './cipher.js';

const GONE = '919900000001';
const STAYS = '919900000002';
const mobile = (value: string) => ({ type: 'mobile', value });
const dtoOf = (value: string) => ({ identifiers: [mobile(value)], loyaltyType: 'loyalty' });
const CUSTOMER = [mobile(GONE), { type: 'email', value: 'Gone@Example.com' }];
const ROUTE = { source: 'INSTORE' };
const updatedOf = (value: string) => ({
  outcome: 'updated',
  customerId: 4711,
  identifiers: [mobile(value)],
  warnings: [{ code: 19223, message: `said of ${value}` }],
  children: [],
  attempts: 1,
});

/** The result of an invalid line with its row. */
const rejected = (line: number, cells: readonly string[], result = '{"brief":"invalid"}') => ({
  line,
  outcome: 'rejected' as const,
  result,
  row: JSON.stringify(cells),
});

withBothDrivers((driver) => {
  describe(ErasureWalk.name, () => {
    let storage: PreparedDatabase;
    let imports: ImportsRepository;
    let rows: ImportRowsRepository;
    let chunks: ImportChunksRepository;
    let csv: ImportCsvRepository;
    let credits: CreditsRepository;
    let answers: IdempotencyRepository;
    let erasures: ErasuresRepository;

    beforeAll(async () => {
      ({ storage, imports, rows, chunks, csv, credits, answers, erasures } = await openRepositories(
        await driver.create(),
      ));
    });

    afterAll(async () => storage?.close());

    async function anImport(customers: readonly unknown[], source = 'INSTORE'): Promise<string> {
      const id = randomUUID();
      await imports.create({
        id,
        kind: 'customers',
        route: { source },
        onInvalid: 'skip',
        principal: 'api-key:app',
      });
      if (customers.length === 0) return id;
      const items = customers.map((dto, index) => ({ line: index + 1, dto }));
      const chunk = { number: 1, lines: items.map(({ line }) => line), payload: JSON.stringify(items) };
      await rows.store(id, { chunk, invalid: [] });
      return id;
    }

    it('removes the rows of CSV that name the customer, also those that are not valid, and counts them', async () => {
      const id = await anImport([]);
      const items = [GONE, STAYS, GONE].map((value, index) => ({
        line: index + 1,
        dto: dtoOf(value),
        cells: [value, `row ${index + 1}`],
      }));
      const errors = [{ pointer: '', message: '4 cells, 3 columns', type: '/', status: 400 }];
      const said = JSON.stringify({ outcome: 'rejected', errors, attempts: 0 });
      await rows.store(id, {
        chunk: { number: 2, lines: [1, 2, 3], payload: JSON.stringify(items) },
        invalid: [
          rejected(4, ['Asha', `+${GONE}`, '', ''], said),
          rejected(5, ['', '9900000001', '']),
          rejected(6, ['Ben', `+${STAYS}`, '', '']),
        ],
      });
      await csv.keep(storage.database, id, { header: ['a'], separator: ',', lineEnd: '\n' });
      await imports.accept(id, 6);
      const { taken, chunk } = await begin(id);
      await claimOne(chunks, taken, chunk, [1, 2]);
      await chunks.note(taken, {
        number: 2,
        results: [
          { line: 1, outcome: 'updated', result: JSON.stringify(updatedOf(GONE)) },
          { line: 2, outcome: 'updated', result: JSON.stringify(updatedOf(STAYS)) },
          { line: 3, outcome: 'failed', result: JSON.stringify({ outcome: 'failed', errors: [] }) },
        ],
        chunk: 'done',
        credits: [],
        calls: 1,
        sent: 3,
      });
      const erasure = await anErasure();
      await walk(erasure);
      // A second walk finds nothing more to count.
      await walk(await anErasure());

      expect(await decrypted()).not.toMatch(/9900000001/);
      expect((await allResults(rows, id)).map(({ line, row }) => [line, row])).toEqual([
        ...[1, 2, 3, 4, 5].map((line) => [line, undefined]),
        [6, JSON.stringify(['Ben', `+${STAYS}`, '', ''])],
      ]);
      expect((await allResults(rows, id)).map(({ result }) => JSON.parse(result))).toMatchObject([
        {},
        {},
        {},
        { errors: [{ message: 'erased' }] },
        { brief: 'invalid' },
        { brief: 'invalid' },
      ]);
      expect((await rows.items(id, 2)).map(({ cells }) => cells)).toEqual([[STAYS, 'row 2']]);
      // Line 1 was updated, so no repair file has it.
      expect(await csv.find(id)).toMatchObject({ erasedCount: 3 });
      expect(await erasures.find(erasure)).toMatchObject({ lines: 4 });
    });

    async function begin(id: string): Promise<{ taken: TakenImport; chunk: FreeChunk }> {
      const taken = await imports.start(id, randomUUID());
      const [chunk] = (await chunks.next(id, 1)).chunks;
      if (!taken || !chunk) throw new Error('there is nothing to do');
      return { taken, chunk };
    }

    const note = (taken: TakenImport, values: readonly (readonly [line: number, of: string])[]) =>
      chunks.note(taken, {
        number: 1,
        results: values.map(([line, value]) => ({
          line,
          outcome: 'updated',
          result: JSON.stringify(updatedOf(value)),
        })),
        chunk: 'done',
        credits: [],
        calls: 1,
        sent: 1,
      });

    async function anErasure(source = 'INSTORE'): Promise<string> {
      const id = randomUUID();
      const wanted = { id, identifiers: JSON.stringify(CUSTOMER), source, accountId: null };
      await erasures.create(wanted, new Date());
      return id;
    }

    it('is created while an import of its account is discarded', async () => {
      const source = 'WECHAT';
      const [discarded, kept] = [
        await anImport([dtoOf(STAYS)], source),
        await anImport([dtoOf(STAYS)], source),
      ];
      const begun = Promise.withResolvers<void>();
      const discarding = storage.database.transaction(async (tx) => {
        await tx.query('delete from meniscus.import_chunks where import_id = $1', [discarded]);
        await tx.query('delete from meniscus.imports where id = $1', [discarded]);
        begun.resolve();
        // The embedded database has one session, in which the erasure waits for the end of this transaction.
        if (driver.name === 'embedded') return;
        await until(async () => (await tx.query('select 1 from pg_locks where not granted')).rows.length > 0);
      });
      await begun.promise;
      const id = await anErasure(source);
      await discarding;
      const { rows: listed } = await storage.database.query(
        'select import_id as "importId" from meniscus.erasure_imports where erasure_id = $1',
        [id],
      );
      expect(listed).toEqual([{ importId: kept }]);
      await erasures.finish(id);
    });

    /** @param onWait called when the walk waits for another process; without it, the walk must not wait */
    async function walk(
      id: string,
      onWait?: () => Promise<void>,
      throwIfStopped = (): void => undefined,
    ): Promise<void> {
      const erasure = await erasures.open(id);
      if (!erasure) throw new Error('it is finished');
      const needs = {
        erasures,
        rows,
        lines: new ErasableLinesRepository(storage.database, credits, CIPHER),
        records: new ErasableRecordsRepository(storage.database, CIPHER),
        wait: onWait ?? (() => Promise.reject(new Error('the walk must not wait'))),
        throwIfStopped,
      };
      await new ErasureWalk(needs, erasure, new Set(CUSTOMER.map(customerKey))).run();
    }

    const read = async <R extends object>(text: string): Promise<R[]> =>
      (await storage.database.query<R>(text)).rows;

    /** Returns all personal data in the database, decrypted. */
    async function decrypted(): Promise<string> {
      const storedChunks = await read<{ id: string; number: number; payload: string }>(
        'select import_id as id, number, payload from meniscus.import_chunks',
      );
      const blocks = await read<StoredBlock & { id: string }>(
        'select import_id as id, number, first_line as "firstLine", results from meniscus.import_results',
      );
      const bodies = await read<RecordKey & { body: string }>(
        'select principal, endpoint, key, body from meniscus.idempotency_records where body is not null',
      );
      const payloads = await read<{ id: string; principal: string; points: number; payload: string }>(
        'select id, principal, points, payload from meniscus.credits where payload is not null',
      );
      const whom = await read<{ id: string; identifiers: string }>(
        'select id, identifiers from meniscus.erasures where identifiers is not null',
      );
      return [
        ...storedChunks.map(({ id, number, payload }) => CIPHER.decrypt(payload, chunkContext(id, number))),
        ...blocks.flatMap(({ id, ...block }) =>
          decryptResults(CIPHER, id, block).map(({ result, row }) => `${result} ${row}`),
        ),
        ...bodies.map(({ body, ...record }) => CIPHER.decrypt(body, answerContext(record))),
        ...payloads.map(({ payload, ...credit }) => CIPHER.decrypt(payload, payloadContext(credit))),
        ...whom.map(({ id, identifiers }) => CIPHER.decrypt(identifiers, `erasures:${id}`)),
      ].join('\n');
    }

    async function anAnswer(key: string, body: unknown): Promise<void> {
      const record = { principal: 'p', endpoint: 'e', key };
      const asked = { fingerprint: Buffer.from(key), leaseMs: 60_000, creditIds: [] };
      const reserved = await answers.reserve(record, asked);
      if (reserved.kind !== 'reserved') throw new Error('it is not free');
      await answers.finish(reserved, { status: 200, headers: {}, body: JSON.stringify(body) });
    }

    const resultsOf = async (id: string): Promise<[number, string, unknown][]> =>
      (await allResults(rows, id)).map(({ line, outcome, result }) => [line, outcome, JSON.parse(result)]);

    it('leaves no trace of the customer in any table, and everything about others', async () => {
      const done = await anImport([dtoOf(GONE), dtoOf(STAYS), dtoOf('919900000003')]);
      await imports.accept(done, 3);
      const { taken, chunk } = await begin(done);
      await claimOne(chunks, taken, chunk, [1, 2]);
      // The third line updates the same customer, as only the vendor's response shows.
      const enriched = {
        ...updatedOf('919900000003'),
        identifiers: [{ type: 'email', value: 'gone@example.com' }],
      };
      await chunks.note(taken, {
        number: 1,
        results: [
          { line: 1, outcome: 'updated', result: JSON.stringify(updatedOf(GONE)) },
          { line: 2, outcome: 'updated', result: JSON.stringify(updatedOf(STAYS)) },
          { line: 3, outcome: 'updated', result: JSON.stringify(enriched) },
        ],
        chunk: 'done',
        credits: [],
        calls: 1,
        sent: 1,
      });
      const card = { number: 'card-1', seriesCode: 'S', statusLabel: 'ACTIVE' };
      const waiting = await anImport([
        { identifiers: [mobile(STAYS)], parentCustomer: { identifiers: [mobile(GONE)] } },
        { ...dtoOf(STAYS), cards: [card] },
        { cards: [card], childCustomers: [{ identifiers: [mobile(GONE)] }] },
        { ...dtoOf(STAYS), commChannels: [{ type: 'email', value: 'GONE@example.com' }] },
      ]);
      await imports.accept(waiting, 4);

      await anAnswer('one', updatedOf(GONE));
      await anAnswer('other', updatedOf(STAYS));
      await anAnswer('batch', { summary: {}, outcomes: [updatedOf(GONE), updatedOf(STAYS)] });
      await anAnswer('resolved', {
        credit: { id: 'c', identifiers: [mobile(GONE)] },
        outcome: updatedOf(GONE),
      });
      const creditOf = (id: string, value: string) => ({
        id,
        route: ROUTE,
        points: 5,
        payload: JSON.stringify({ item: { profiles: [{ identifiers: [mobile(value)] }] }, customer: [] }),
        isKept: false,
      });
      await credits.noteSent(randomUUID(), [creditOf('gone', GONE), creditOf('stays', STAYS)]);
      await credits.noteFates(['gone', 'stays'].map((id) => ({ id, fate: 'unknown' as const })));

      const id = await anErasure();
      expect(await decrypted()).toContain(GONE);
      await walk(id);

      const left = await decrypted();
      expect(left).not.toMatch(/919900000001|gone@example\.com|4711,"identifiers":\[\]/i);
      expect(await erasures.find(id)).toMatchObject({ lines: 5, answers: 3, credits: 1 });
      expect(await erasures.open(id)).toBeUndefined();

      expect(await resultsOf(done)).toMatchObject([
        [
          1,
          'updated',
          { outcome: 'updated', identifiers: [], warnings: [{ code: 19223, message: 'erased' }] },
        ],
        [2, 'updated', updatedOf(STAYS)],
        [3, 'updated', { outcome: 'updated', identifiers: [] }],
      ]);
      expect((await resultsOf(done)).map(([, , result]) => result)).toEqual([
        expect.not.objectContaining({ customerId: 4711 }),
        expect.objectContaining({ customerId: 4711 }),
        expect.not.objectContaining({ customerId: 4711 }),
      ]);
      expect(
        (await storage.database.query('select keys from meniscus.import_chunks where import_id = $1', [done]))
          .rows,
      ).toEqual([{ keys: null }]);
      expect(await resultsOf(waiting)).toMatchObject(
        [1, 3, 4].map((line) => [line, 'rejected', { errors: [{ type: '/problems/customer-erased' }] }]),
      );
      expect(await imports.find(waiting)).toMatchObject({ rejected: 3, total: 4 });
      expect((await chunks.next(waiting, 1)).chunks[0]?.items).toMatchObject([{ line: 2 }]);

      const replayed = await answers.reserve(
        { principal: 'p', endpoint: 'e', key: 'batch' },
        { fingerprint: Buffer.from('batch'), leaseMs: 1000, creditIds: [] },
      );
      expect(replayed).toMatchObject({ kind: 'replay', answer: { status: 200 } });
      expect(left).toContain('"outcomes":[{"outcome":"updated","identifiers":[],');
      expect(
        await answers.reserve(
          { principal: 'p', endpoint: 'e', key: 'one' },
          { fingerprint: Buffer.from('another'), leaseMs: 1000, creditIds: [] },
        ),
      ).toEqual({ kind: 'conflict' });

      const listed = await credits.list({ state: 'unknown', limit: 10 });
      expect(listed.map(({ id: one, payload }) => [one, payload === null])).toEqual([
        ['gone', true],
        ['stays', false],
      ]);
      expect(await credits.release('gone', 'missing', 'again')).toEqual({ payload: null });
      expect(await credits.find('gone')).toMatchObject({ resolution: 'not-applied', resentAs: null });
      expect(await credits.statesOf(['again'])).toEqual(new Map());
      await imports.transition(waiting, 'cancel');
    });

    it('searches only the requested account', async () => {
      const id = await anImport([dtoOf(GONE)]);
      await walk(await anErasure('WEBSITE'));
      expect(await decrypted()).toContain(GONE);
      await imports.accept(id, 1);
      await walk(await anErasure());
      expect(await decrypted()).not.toContain(GONE);
    });

    it('waits for lines that are being sent, and no process can send a line that it read before', async () => {
      const id = await anImport([dtoOf(GONE), dtoOf(STAYS)]);
      await imports.accept(id, 2);
      const { taken, chunk: readBefore } = await begin(id);
      await claimOne(chunks, taken, readBefore, []);
      let waits = 0;
      await walk(await anErasure(), async () => {
        waits += 1;
        await note(taken, [
          [1, GONE],
          [2, STAYS],
        ]);
      });
      expect(waits).toBe(1);
      expect(await decrypted()).not.toContain(GONE);

      const second = await anImport([dtoOf(GONE), dtoOf(STAYS)]);
      await imports.accept(second, 2);
      const reader = await begin(second);
      await walk(await anErasure());
      expect(await claimOne(chunks, reader.taken, reader.chunk, [])).toBe('taken');
      const [chunk] = (await chunks.next(second, 1)).chunks;
      expect(chunk?.items).toMatchObject([{ line: 2 }]);
      expect(chunk && (await claimOne(chunks, reader.taken, chunk, []))).toBe('claimed');
      await note(reader.taken, [[2, STAYS]]);
      expect(await imports.find(second)).toMatchObject({ rejected: 1, updated: 1, firstWaitingLine: null });
    });

    it('records a line of a killed process as unknown, and accepts no results of that process', async () => {
      const id = await anImport([dtoOf(GONE), dtoOf(STAYS)]);
      await imports.accept(id, 2);
      const { taken, chunk } = await begin(id);
      await claimOne(chunks, taken, chunk, []);
      await storage.database.query(
        `update meniscus.import_chunks set held_until = now() - interval '1 second' where import_id = $1`,
        [id],
      );
      await walk(await anErasure());
      expect(await resultsOf(id)).toMatchObject([[1, 'unknown', { retryable: false }]]);
      expect(await imports.find(id)).toMatchObject({ unknown: 1 });
      await expect(note(taken, [[1, GONE]])).rejects.toThrow(LeaseLost);
      expect(await decrypted()).not.toContain(GONE);
    });

    it('waits for a running upload, and walks imports that were created from failed lines meanwhile', async () => {
      const uploading = await anImport([dtoOf(GONE)]);
      const id = await anErasure();
      let retried = '';
      await walk(id, async () => {
        await rows.store(uploading, {
          chunk: { number: 2, lines: [2], payload: JSON.stringify([{ line: 2, dto: dtoOf(GONE) }]) },
          invalid: [],
        });
        await imports.accept(uploading, 2);
        retried = randomUUID();
        const copy = {
          id: retried,
          kind: 'customers',
          route: ROUTE,
          onInvalid: 'skip',
          principal: 'api-key:app',
          retryOf: uploading,
        } as const;
        await imports.create(copy);
        await rows.store(retried, {
          chunk: { number: 1, lines: [1], payload: JSON.stringify([{ line: 1, dto: dtoOf(GONE) }]) },
          invalid: [],
        });
        await imports.accept(retried, 2);
      });
      expect(await erasures.find(id)).toMatchObject({ lines: 3, finishedAt: expect.any(Date) });
      expect(await decrypted()).not.toContain(GONE);
    });

    it('waits for a request that continues from a partial answer', async () => {
      const record = { principal: 'p', endpoint: 'e', key: 'in-part' };
      const asked = { fingerprint: Buffer.from('in-part'), leaseMs: 60_000, creditIds: [] };
      const body = JSON.stringify({ outcomes: [updatedOf(GONE), { outcome: 'failed', errors: [] }] });
      const answer = { status: 207, headers: {}, body };
      let waits = 0;
      for (const end of ['part', 'going-on']) {
        // oxlint-disable-next-line no-await-in-loop -- the second goes on from the first
        const reserved = await answers.reserve(record, asked);
        if (reserved.kind !== 'reserved') throw new Error('it is not free');
        // oxlint-disable-next-line no-await-in-loop -- as above
        if (end === 'part') await answers.finishInPart(reserved, answer);
        else {
          // oxlint-disable-next-line no-await-in-loop -- as above
          await walk(await anErasure(), async () => {
            waits += 1;
            await answers.finish(reserved, answer);
          });
        }
      }
      expect(waits).toBe(1);
      expect(await decrypted()).not.toContain(GONE);
    });

    it('resumes after it was stopped at any step, and erases nothing twice', async () => {
      const first = await anImport([dtoOf(GONE), dtoOf(STAYS)]);
      const second = await anImport([dtoOf(GONE)]);
      await Promise.all([first, second].map((one) => imports.accept(one, 2)));
      await anAnswer('stopped', updatedOf(GONE));
      const id = await anErasure();
      let steps = 0;
      for (let isStopped = true; isStopped && steps < 50; steps += 1) {
        let left = steps;
        // oxlint-disable-next-line no-await-in-loop -- each goes on from the one before
        isStopped = await walk(id, undefined, () => {
          left -= 1;
          if (left < 0) throw new Error('stopped');
        }).then(
          () => false,
          () => true,
        );
      }
      expect(steps).toBeGreaterThan(3);
      expect(await decrypted()).not.toContain(GONE);
      expect(await erasures.find(id)).toMatchObject({ lines: 2, answers: 1 });
      expect(await resultsOf(first)).toHaveLength(1);
    });

    it('keeps no payload of a credit that was released while its customer was erased', async () => {
      const payload = JSON.stringify({ item: { identifiers: [mobile(GONE)] } });
      const credit = { id: 'late', route: ROUTE, points: 1, payload, isKept: true };
      await credits.noteSent(randomUUID(), [credit]);
      await credits.noteFates([{ id: 'late', fate: 'unknown' }]);
      await credits.release('late', 'missing', 'late-again');
      await walk(await anErasure());
      await credits.noteSent(randomUUID(), [{ ...credit, id: 'late-again' }]);
      expect(await decrypted()).not.toContain(GONE);
    });
  });
});
