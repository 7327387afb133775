import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Settings } from '../../src/config/settings.js';
import type { EventLog } from '../../src/observability/event-log.js';
import { CreditsRepository } from '../../src/records/credits.repository.js';
import { ErasuresRepository } from '../../src/records/erasures.repository.js';
import { IdempotencyRepository } from '../../src/records/idempotency.repository.js';
import { ImportCsvRepository } from '../../src/records/import-csv.repository.js';
import { ImportRowsRepository } from '../../src/records/import-rows.repository.js';
import { ImportsRepository } from '../../src/records/imports.repository.js';
import { KeyRotation } from '../../src/records/encryption/key-rotation.js';
import type { PreparedDatabase } from '../../src/database/prepare-database.js';
import { EncryptedColumnsRepository } from '../../src/records/encryption/encrypted-columns.repository.js';
import { KeyMissing, FieldCipher } from '../../src/records/encryption/field-cipher.js';
import { until } from '../harness/until.js';
import { withBothDrivers } from './drivers.js';
import { allResults, openRepositories } from './repositories.js';
import { type KeptEvents, keepEvents } from './kept-events.js';

const keyOf = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;
const [OLD, NEW] = [keyOf('2025'), keyOf('2026')];
const [none, old, both, current, first] = [undefined, OLD, `${NEW},${OLD}`, NEW, `${NEW},plain`].map(
  (keys) => new FieldCipher(keys === undefined ? {} : { DATA_KEYS: keys }),
) as [FieldCipher, FieldCipher, FieldCipher, FieldCipher, FieldCipher];
/** The answer of a test is stored under the id of its import. */
const recordOf = (key: string) => ({ principal: 'p', endpoint: 'e', key });

withBothDrivers((driver) => {
  describe(KeyRotation.name, () => {
    let storage: PreparedDatabase;
    let importId: string;
    let erasureId: string;

    beforeAll(async () => {
      ({ storage } = await openRepositories(await driver.create()));
    });

    afterAll(async () => storage?.close());

    /** Fills every encrypted column, with more lines than one step processes. */
    async function fill(cipher: FieldCipher): Promise<void> {
      const { database, queue } = storage;
      const imports = new ImportsRepository(database, queue, cipher);
      const rows = new ImportRowsRepository(database, cipher);
      importId = randomUUID();
      erasureId = randomUUID();
      await imports.create({
        id: importId,
        kind: 'customers',
        route: { source: 'INSTORE' },
        onInvalid: 'skip',
        principal: 'api-key:app',
      });
      for (let number = 1; number <= 12; number += 1) {
        const chunk = {
          number,
          lines: [number],
          payload: JSON.stringify([{ line: number, dto: 'of Asha' }]),
        };
        const result = { line: 1000 + number, outcome: 'rejected', result: '"of Asha"' } as const;
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        await rows.store(importId, { chunk, invalid: [result] });
      }
      const form = { header: ['of Asha'], separator: ',', lineEnd: '\n' };
      await new ImportCsvRepository(database, cipher).keep(database, importId, form);
      const answers = new IdempotencyRepository(database, new Settings(), cipher);
      const asked = { fingerprint: Buffer.from('f'), leaseMs: 60_000, creditIds: [] };
      const reserved = await answers.reserve(recordOf(importId), asked);
      if (reserved.kind === 'reserved') {
        await answers.finish(reserved, { status: 200, headers: {}, body: '"of Asha"' });
      }
      const credit = { id: randomUUID(), route: {}, points: 1, payload: '"of Asha"', isKept: true };
      await new CreditsRepository(database, cipher).noteSent(randomUUID(), [credit]);
      const wanted = { id: erasureId, identifiers: '"of Asha"', source: 'LINE', accountId: null };
      await new ErasuresRepository(database, queue, cipher).create(wanted, new Date(Date.now() + 60_000));
    }

    /** Counts the fields of each key. */
    async function needed(): Promise<Record<string, number>> {
      const { rows } = await storage.database.query<{ mark: string; count: number }>(
        `select case when starts_with(t, '~') then split_part(t, '.', 1) else 'none' end as mark, count(*)::int as count from (
           select payload from meniscus.import_chunks union all select results from meniscus.import_results
           union all select body from meniscus.idempotency_records union all select payload from meniscus.credits
           union all select identifiers from meniscus.erasures union all select owner from meniscus.imports
           union all select csv from meniscus.imports) as stored(t) group by 1`,
      );
      return Object.fromEntries(rows.map(({ mark, count }) => [mark, count]));
    }

    /** Starts the rotation with these keys, and waits until it has logged its result. */
    async function start(cipher: FieldCipher): Promise<KeptEvents> {
      const events = keepEvents();
      const rotation = new KeyRotation(
        new EncryptedColumnsRepository(storage.database, cipher),
        cipher,
        events as unknown as EventLog,
      );
      rotation.onApplicationBootstrap();
      if (cipher.oldKeyIds.length > 0)
        await until(() => events.events.some(({ event }) => event !== 'data-keys.reencrypted'));
      rotation.beforeApplicationShutdown();
      return events;
    }

    it('needs no old key any more once the log says so', async () => {
      await fill(old);
      expect(await needed()).toEqual({ '~2025': 29 });
      const rows = new ImportRowsRepository(storage.database, current);
      await expect(allResults(rows, importId)).rejects.toThrow(KeyMissing);

      expect((await start(both)).events).toEqual([
        { event: 'data-keys.reencrypted', itemCount: 29 },
        { event: 'data-keys.old-ones-unused', keyIds: ['2025'] },
      ]);
      expect(await needed()).toEqual({ '~2026': 29 });

      expect((await allResults(rows, importId))[0]).toMatchObject({ result: '"of Asha"' });
      const answers = new IdempotencyRepository(storage.database, new Settings(), current);
      const asked = { fingerprint: Buffer.from('f'), leaseMs: 1, creditIds: [] };
      expect(await answers.reserve(recordOf(importId), asked)).toMatchObject({
        answer: { body: '"of Asha"' },
      });
      const erasures = new ErasuresRepository(storage.database, storage.queue, current);
      expect(await erasures.open(erasureId)).toMatchObject({ identifiers: '"of Asha"' });
      expect((await start(current)).events).toEqual([]);
    });

    it('encrypts plain fields only if DATA_KEYS ends with plain', async () => {
      await fill(none);
      const rows = new ImportRowsRepository(storage.database, current);
      await expect(allResults(rows, importId)).rejects.toMatchObject({ code: 'not-encrypted' });
      const before = new ImportRowsRepository(storage.database, first);
      expect((await allResults(before, importId))[0]).toMatchObject({ result: '"of Asha"' });
      expect((await start(both)).events).toEqual([
        { event: 'data-keys.unreadable-rows', itemCount: 29, keyIds: [] },
      ]);
      expect(await needed()).toMatchObject({ none: 29 });
      expect((await start(first)).events).toEqual([
        { event: 'data-keys.reencrypted', itemCount: 29 },
        { event: 'data-keys.old-ones-unused', keyIds: ['plain'] },
      ]);
      expect(Object.keys(await needed())).toEqual(['~2026']);
    });

    it('leaves fields that it cannot decrypt, and logs the missing key', async () => {
      await fill(new FieldCipher({ DATA_KEYS: keyOf('2024') }));
      expect((await start(both)).events).toEqual([
        { event: 'data-keys.unreadable-rows', itemCount: 29, keyIds: ['2024'] },
      ]);
      expect(await needed()).toMatchObject({ '~2024': 29 });
    });
  });
});
