import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CreditsRepository, type NewCredit } from '../../src/records/credits.repository.js';
import { ErasableRecordsRepository } from '../../src/records/erasable-records.repository.js';
import { IdempotencyRepository } from '../../src/records/idempotency.repository.js';
import type { RecordKey } from '../../src/records/idempotency-record.js';
import { ImportRowsRepository } from '../../src/records/import-rows.repository.js';
import { ImportChunksRepository } from '../../src/records/import-chunks.repository.js';
import { ImportsRepository } from '../../src/records/imports.repository.js';
import type { PreparedDatabase } from '../../src/database/prepare-database.js';
import { DecryptionFailed } from '../../src/records/encryption/field-cipher.js';
import { withBothDrivers } from './drivers.js';
import { allResults, claimOne, openRepositories } from './repositories.js';
import { CIPHER } from './cipher.js';

const ANSWER = { status: 200, headers: {}, body: '{"of":"Asha"}' };
const ASKED = { fingerprint: Buffer.from('f'), leaseMs: 60_000, creditIds: [] };
const [OWNER, OTHER] = ['api-key:owner', 'api-key:other'];
const NOT_AUTHENTIC = { name: DecryptionFailed.name, code: 'not-authentic' };
const NOT_ENCRYPTED = { name: DecryptionFailed.name, code: 'not-encrypted' };

/** A credit that can be neither read nor released. */
const refusedWith = (error: object) => ({
  ends: [expect.objectContaining(error), expect.objectContaining(error)],
  states: ['unknown'],
});

withBothDrivers((driver) => {
  describe('an attacker who can write to the database, without the keys', () => {
    let storage: PreparedDatabase;
    let records: IdempotencyRepository;
    let credits: CreditsRepository;
    let imports: ImportsRepository;
    let rows: ImportRowsRepository;
    let chunks: ImportChunksRepository;

    beforeAll(async () => {
      ({
        storage,
        answers: records,
        credits,
        imports,
        rows,

        chunks,
      } = await openRepositories(await driver.create()));
    });

    afterAll(async () => storage?.close());

    const write = async (text: string, ...values: unknown[]): Promise<void> => {
      expect((await storage.database.query(text, values)).rowCount).toBe(1);
    };

    async function anAnswer(change: Partial<RecordKey> = {}, body = ANSWER.body): Promise<RecordKey> {
      const record = { principal: OWNER, endpoint: 'PATCH /v1/customers', key: randomUUID(), ...change };
      const reserved = await records.reserve(record, ASKED);
      if (reserved.kind !== 'reserved') throw new Error(`it is ${reserved.kind}`);
      await records.finish(reserved, { ...ANSWER, body });
      return record;
    }

    async function aCredit(change: Partial<NewCredit> = {}): Promise<string> {
      const id = randomUUID();
      const credit = { id, principal: OWNER, route: {}, points: 5, payload: '{"points":5}', isKept: true };
      await credits.noteSent(randomUUID(), [{ ...credit, ...change }]);
      await credits.noteFates([{ id, fate: 'unknown' }]);
      return id;
    }

    /** Reads and releases a credit, and returns how both ended and which credits exist afterwards. */
    async function tryToSend(id: string): Promise<{ ends: unknown[]; states: string[] }> {
      const newId = randomUUID();
      const asked = await Promise.allSettled([credits.find(id), credits.release(id, 'note', newId)]);
      const ends = asked.map((one): unknown => (one.status === 'rejected' ? one.reason : one.value));
      return { ends, states: [...(await credits.statesOf([id, newId])).values()] };
    }
    async function anImport(): Promise<string> {
      const id = randomUUID();
      const kind = 'customers';
      await imports.create({ id, kind, route: {}, onInvalid: 'skip', principal: OWNER });
      const chunk = { number: 0, lines: [1], payload: '[{"line":1,"dto":"of Asha"}]' };
      await rows.store(id, { chunk, invalid: [{ line: 2, outcome: 'rejected', result: '"of Asha"' }] });
      await imports.accept(id, 2);
      return id;
    }

    it.each<[string, Partial<RecordKey>]>([
      ['principal', { principal: OTHER }],
      ['endpoint', { endpoint: 'POST /v1/customers/batch' }],
      ['key', { key: randomUUID() }],
    ])('cannot have an answer replayed under another %s', async (_name, change) => {
      const victims = await anAnswer();
      const own = await anAnswer({ ...victims, ...change }, '{}');
      await write(
        `update meniscus.idempotency_records r set body = v.body from meniscus.idempotency_records v
         where (r.principal, r.endpoint, r.key) = ($1, $2, $3) and (v.principal, v.endpoint, v.key) = ($4, $5, $6)`,
        ...[own, victims].flatMap(({ principal, endpoint, key }) => [principal, endpoint, key]),
      );
      await expect(records.reserve(own, ASKED)).rejects.toMatchObject(NOT_AUTHENTIC);
      expect(await records.reserve(victims, ASKED)).toMatchObject({ kind: 'replay', answer: ANSWER });
    });

    it('cannot make concurrent requests with other keys fail', async () => {
      const others = await Promise.all(Array.from({ length: 20 }, () => anAnswer()));
      const spoilt = await anAnswer();
      await write(`update meniscus.idempotency_records set body = 'x' where key = $1`, spoilt.key);
      const asked = others.toSpliced(10, 0, spoilt).map((record) => records.reserve(record, ASKED));
      const ends = await Promise.allSettled(asked);
      expect(ends.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []))).toEqual([10]);
    });

    it('cannot have a forged answer replayed or continued', async () => {
      const record = await anAnswer();
      const set = 'update meniscus.idempotency_records set';
      await write(`${set} body = '{"forged":true}' where key = $1`, record.key);
      await expect(records.reserve(record, ASKED)).rejects.toMatchObject(NOT_ENCRYPTED);
      await write(
        `${set} state = 'running', lease_until = now(), lease_token = $2 where key = $1`,
        record.key,
        randomUUID(),
      );
      await expect(records.reserve(record, ASKED)).rejects.toMatchObject(NOT_ENCRYPTED);
      await write('delete from meniscus.idempotency_records where key = $1', record.key);
    });

    it('cannot have a payload sent under another credit', async () => {
      const [known, own] = [await aCredit(), await aCredit()];
      await write(
        'update meniscus.credits set payload = (select payload from meniscus.credits where id = $2) where id = $1',
        own,
        known,
      );
      expect(await tryToSend(own)).toEqual(refusedWith(NOT_AUTHENTIC));
      await write('delete from meniscus.credits where id = $1', own);
    });

    it('cannot have points sent that were not requested, or those of another owner', async () => {
      const id = await aCredit();
      const update = 'update meniscus.credits set';
      await write(`${update} payload = '{"points":999999}' where id = $1`, id);
      expect(await tryToSend(id)).toEqual(refusedWith(NOT_ENCRYPTED));
      const mine = await aCredit();
      await write(`${update} points = 6 where id = $1`, mine);
      expect(await tryToSend(mine)).toEqual(refusedWith(NOT_AUTHENTIC));
      await write(`${update} points = 5, principal = $2 where id = $1`, mine, OTHER);
      expect(await tryToSend(mine)).toEqual(refusedWith(NOT_AUTHENTIC));
      await write(`${update} principal = $2 where id = $1`, mine, OWNER);
      expect(await credits.release(mine, 'note', randomUUID())).toEqual({ payload: '{"points":5}' });
      await write('delete from meniscus.credits where id = $1', id);
    });

    it('is not mistaken for an operator who sends a credit again, which stays readable even if it is unknown again', async () => {
      const id = await aCredit({ route: { source: 'LINE' } });
      const newId = randomUUID();
      await credits.release(id, 'note', newId);
      const again = {
        id: newId,
        principal: 'api-key:ops',
        route: { source: 'LINE' },
        points: 5,
        isKept: true,
      };
      await credits.noteSent(randomUUID(), [{ ...again, payload: '{"points":5}' }]);
      await credits.noteFates([{ id: newId, fate: 'unknown' }]);
      expect(await credits.find(newId)).toMatchObject({ principal: OWNER, payload: '{"points":5}' });
      const erasable = new ErasableRecordsRepository(storage.database, CIPHER);
      const line = { source: 'LINE', accountId: null };
      expect(await erasable.payloadsAfter(line, { createdAt: '-infinity', id: '' }, 9)).toMatchObject([
        { id: newId, payload: '{"points":5}' },
      ]);
      expect(await credits.release(newId, 'note', randomUUID())).toEqual({ payload: '{"points":5}' });
    });

    it('cannot become the owner of an import, nor have it sent as another principal', async () => {
      const id = await anImport();
      await write('update meniscus.imports set principal = $2 where id = $1', id, OTHER);
      await expect(imports.findVerified(id)).rejects.toMatchObject(NOT_AUTHENTIC);
      await expect(imports.start(id, randomUUID())).rejects.toMatchObject(NOT_AUTHENTIC);
      await write('update meniscus.imports set owner = $2 where id = $1', id, OTHER);
      await expect(imports.findVerified(id)).rejects.toMatchObject(NOT_ENCRYPTED);
      const own = await anImport();
      await write(
        'update meniscus.imports set owner = (select owner from meniscus.imports where id = $2) where id = $1',
        own,
        await anImport(),
      );
      await expect(imports.findVerified(own)).rejects.toMatchObject(NOT_AUTHENTIC);
    });

    it('cannot have lines or results of another import, or forged ones, read', async () => {
      const [victims, own] = [await anImport(), await anImport()];
      for (const [table, column] of [
        ['import_chunks', 'payload'],
        ['import_results', 'results'],
      ]) {
        const set = `update meniscus.${table} set ${column} =`;
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        await write(
          `${set} (select ${column} from meniscus.${table} where import_id = $2) where import_id = $1`,
          own,
          victims,
        );
        const reads = column === 'payload' ? () => chunks.next(own, 1) : () => allResults(rows, own);
        // oxlint-disable-next-line no-await-in-loop -- likewise
        await expect(reads()).rejects.toMatchObject(NOT_AUTHENTIC);
        // oxlint-disable-next-line no-await-in-loop -- likewise
        await write(`${set} '[]' where import_id = $1`, own);
        // oxlint-disable-next-line no-await-in-loop -- likewise
        await expect(reads()).rejects.toMatchObject(NOT_ENCRYPTED);
      }
    });

    it('cannot have a line that was updated sent again by a retry, nor move results to other lines', async () => {
      const id = await anImport();
      const taken = await imports.start(id, randomUUID());
      const [chunk] = (await chunks.next(id, 1)).chunks;
      if (!taken || !chunk) throw new Error('there is nothing to do');
      await claimOne(chunks, taken, chunk, []);
      const results = [{ line: 1, outcome: 'updated', result: '{"a":1}' }] as const;
      await chunks.note(taken, { number: 0, results, chunk: 'done', credits: [], calls: 1, sent: 1 });
      await write(
        `update meniscus.import_results set outcomes = '{failed}' where import_id = $1 and first_line = 1`,
        id,
      );
      expect(await rows.failedItems(id, -1)).toEqual({ number: 0, items: [] });
      expect((await allResults(rows, id))[0]).toEqual(results[0]);
      await write(
        'update meniscus.import_results set first_line = 3, lines = array[3] where import_id = $1 and first_line = 1',
        id,
      );
      await expect(allResults(rows, id)).rejects.toMatchObject(NOT_AUTHENTIC);
    });

    it('finds only encrypted data, including results of lines that are not sent any more', async () => {
      const id = await anImport();
      await imports.transition(id, 'cancel');
      await chunks.failRemainingLines(id, { failed: '{"a":1}', credited: '{}', inDoubt: '{}' });
      expect((await allResults(rows, id))[0]).toEqual({ line: 1, outcome: 'failed', result: '{"a":1}' });
      const { rows: plain } = await storage.database.query(
        `select results from meniscus.import_results where import_id = $1 and not starts_with(results, '~')`,
        [id],
      );
      expect(plain).toEqual([]);
    });
  });
});
