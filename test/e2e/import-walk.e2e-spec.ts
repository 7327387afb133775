import { describe, expect, it } from 'vitest';
import { makeKey } from '../../src/security/api-key.js';
import { SCOPES } from '../../src/security/scopes.js';
import { importsOf } from '../harness/imports.js';
import { keyRecord } from '../harness/service.js';
import { until } from '../harness/until.js';
import { useDataFolder } from '../harness/use-folder.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const watcher = makeKey();
const operator = makeKey();
const DATA_DIR = useDataFolder();
const sandbox = useSandbox();
// Without DATA_KEYS the data is stored in plain text, and an erasure finds it in the same way.
const service = useService(
  sandbox,
  { DATA_DIR, UPSTREAM_TIMEOUT_MS: '2000', UPSTREAM_MAX_CONCURRENCY: '4' },
  [
    keyRecord(watcher, { name: 'watcher', scopes: ['imports:read', 'ops:read'] }),
    keyRecord(operator, { name: 'operator', scopes: SCOPES }),
  ],
);
const { upload, ended, results, act } = importsOf(() => service);

const ROWS = 2000;
const HEADER =
  'identifiers.mobile,firstName,extendedFields.city,loyaltyType,commChannels.0.type,commChannels.0.value';
const mobileOf = (n: number): string => String(918_800_000_000 + n);
const rowOf = (n: number): string => `${mobileOf(n)},Ärger ${n},Pune ${n},loyalty,email,c${n}@example.com`;

/** A mistake in a row, as a person makes it, and what is said about it. */
interface Mistake {
  readonly n: number;
  readonly wrong: (row: string) => string;
  readonly column?: string;
  readonly message: string;
}

const MISTAKES: readonly Mistake[] = [
  {
    n: 100,
    wrong: (row) => row.replace(mobileOf(100), ''),
    column: 'identifiers.mobile',
    message: 'is required',
  },
  { n: 300, wrong: (row) => `${row},one too many`, message: '7 cells, 6 columns' },
  {
    n: 500,
    wrong: (row) => row.replace(mobileOf(500), '9188oo000500'),
    column: 'identifiers.mobile',
    message: 'must be 7 to 15 digits',
  },
  {
    n: 700,
    wrong: (row) => row.replace(mobileOf(700), '9.188E+11'),
    column: 'identifiers.mobile',
    message: 'looks like a number that a spreadsheet shortened',
  },
  {
    n: 900,
    wrong: (row) => row.replace(',loyalty,', ',Loyal,'),
    column: 'loyaltyType',
    message: 'must be one of the following values: loyalty, non_loyalty',
  },
  {
    n: 1100,
    wrong: (row) => row.replace('@', ' at '),
    column: 'commChannels.0.value',
    message: 'must be an e-mail address',
  },
  {
    n: 1300,
    wrong: (row) => row.replace(',email,', ',carrier pigeon,'),
    column: 'commChannels.0.type',
    message: 'must be one of the following values: mobile, email',
  },
  {
    n: 1500,
    wrong: (row) => row.replace('Ärger', 'x'.repeat(5000)),
    column: 'firstName',
    message: 'must be at most 100 characters',
  },
  {
    n: 1700,
    wrong: (row) => row.replace(',loyalty,', ',,'),
    column: 'loyaltyType',
    message: 'is required',
  },
  {
    n: 1800,
    wrong: (row) => row.replace('Pune 1800', '#REF!'),
    column: 'extendedFields.city',
    message: 'is the error value of a spreadsheet',
  },
];
/** Only the vendor knows that no customer has this number. */
const UNKNOWN = 1900;
const WRONG = new Map([
  ...MISTAKES.map(({ n, wrong }) => [n, wrong(rowOf(n))] as const),
  [UNKNOWN, rowOf(UNKNOWN).replace(mobileOf(UNKNOWN), '919999999999')] as const,
]);
const LINES = Array.from({ length: ROWS }, (_, index) => WRONG.get(index + 1) ?? rowOf(index + 1));
const FILE = `${[HEADER, ...LINES].join('\r\n')}\r\n`;

async function plant(mobiles: readonly string[]): Promise<void> {
  const planted = await fetch(`${sandbox.url}/_sandbox/customers`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(
      mobiles.map((value) => ({ source: 'INSTORE', identifiers: [{ type: 'mobile', value }] })),
    ),
  });
  expect(planted.status).toBe(201);
}

const repair = (id: string, query = '', key?: string) =>
  service.send('GET', `/v1/imports/${id}/results?form=repair${query}`, undefined, {
    ...(key !== undefined && { Authorization: `Bearer ${key}` }),
  });

const inExcel = (text: string): string => `\u{feff}${text.replaceAll(',', ';')}`;

describe('a file of 2,000 customers with ten mistakes', () => {
  it.each([
    ['with commas', (text: string) => text],
    // As Excel writes "CSV UTF-8" where the comma is in decimal numbers.
    ['with semicolons', inExcel],
  ])(
    '%s is corrected by a repair file, and all customers are updated exactly once',
    async (_case, toFile) => {
      await sandbox.reset();
      const bare = (text: string): string => toFile(text).replace('\u{feff}', '');
      await plant(Array.from({ length: ROWS }, (_, index) => mobileOf(index + 1)));
      const planned = await upload('kind=customers&dryRun=true', toFile(FILE), 'text/csv');
      expect(planned).toMatchObject({ status: 200, json: { valid: ROWS - 10, invalid: 10 } });
      expect(planned.json.mistakes).toEqual(
        MISTAKES.map(({ n, column, message }) => ({
          line: n + 1,
          errors: [
            expect.objectContaining({
              line: n + 1,
              ...(column !== undefined && { column }),
              message: expect.stringContaining(message),
            }),
          ],
        })),
      );

      const accepted = await upload('kind=customers&onInvalid=skip', toFile(FILE), 'text/csv');
      expect(accepted).toMatchObject({ status: 202, json: { total: ROWS, invalid: 10 } });
      expect(accepted.json.mistakes).toEqual(planned.json.mistakes);
      const { id } = accepted.json;
      expect(await ended(id, 60_000)).toMatchObject({
        updated: ROWS - 11,
        rejected: 11,
        failed: 0,
        unknown: 0,
      });

      const file = await repair(id);
      expect(file.status).toBe(200);
      expect(file.headers.get('content-type')).toBe('text/csv; charset=utf-8');
      expect(file.headers.get('meniscus-left-out')).toBeNull();
      const [header = '', ...rows] = file.text.trimEnd().split('\r\n');
      expect(header).toBe(bare(`meniscusOutcome,meniscusReason,${HEADER}`));
      expect(rows).toHaveLength(11);
      const numbers = [...WRONG.keys()];
      const wrongOf = (index: number): string => bare(WRONG.get(numbers[index] ?? 0) ?? '');
      for (const [index, row] of rows.entries()) {
        // The row is as it was, after what became of it and why.
        expect(row.endsWith(wrongOf(index))).toBe(true);
        const reason = row.slice(0, -wrongOf(index).length);
        expect(reason).toMatch(/^rejected[,;].{10,}[,;]$/);
        expect(reason).toContain(MISTAKES[index]?.message ?? '');
      }

      // The reasons stay in the file: they are passed over.
      const corrected = rows.map(
        (row, index) => row.slice(0, -wrongOf(index).length) + bare(rowOf(numbers[index] ?? 0)),
      );
      const again = await upload(
        'kind=customers',
        `\u{feff}${[header, ...corrected].join('\r\n')}\r\n`,
        'text/csv',
      );
      expect(again).toMatchObject({ status: 202, json: { total: 11, invalid: 0 } });
      expect(await ended(again.json.id)).toMatchObject({ updated: 11 });

      const empty = await repair(again.json.id);
      expect(empty.text.trimEnd().split('\r\n')).toHaveLength(1);

      const sent = (await sandbox.calls('bulk')).map(({ body }) => JSON.stringify(body)).join('');
      const counts = new Map<string, number>();
      for (const [, n = ''] of sent.matchAll(/"value":"(9188\d{8})"/g)) {
        counts.set(n, (counts.get(n) ?? 0) + 1);
      }
      expect([...counts.values()].filter((count) => count !== 1)).toEqual([]);
      expect(counts.size).toBe(ROWS);
      const names = (await sandbox.customers()).map((one) => JSON.stringify(one));
      expect(names.filter((one) => one.includes('Ärger'))).toHaveLength(ROWS);
    },
    120_000,
  );
});

const customers = (...mobiles: string[]): string =>
  ['identifiers.mobile,loyaltyType,firstName', ...mobiles.map((one) => `${one},loyalty,=1+1`)].join('\n');

/** The rows of a repair file, without its header. */
async function rowsOf(id: string, query = ''): Promise<string[]> {
  return (await repair(id, query)).text.trimEnd().split(/\r?\n/).slice(1);
}

describe('GET /v1/imports/{id}/results?form=repair', () => {
  it('is refused with the reason while the import has not ended, and for other formats', async () => {
    await sandbox.fault({ kind: 'latency', ms: 1000 });
    const running = await upload('kind=customers', customers(mobileOf(1)), 'text/csv');
    expect(await repair(running.json.id)).toMatchObject({
      status: 409,
      json: { type: '/problems/import-state', detail: expect.stringContaining('has not ended') },
    });
    await ended(running.json.id);

    const ndjson = await upload('kind=customers&onInvalid=skip', '{}');
    await ended(ndjson.json.id);
    expect(await repair(ndjson.json.id)).toMatchObject({
      status: 400,
      json: { errors: [{ parameter: 'form', message: expect.stringContaining('CSV') }] },
    });
    expect((await results(ndjson.json.id)).map(({ outcome }) => outcome)).toEqual(['rejected']);
    expect((await repair(running.json.id, '&form=other')).status).toBe(400);
  });

  it('has the lines that were not sent as another one is not valid', async () => {
    const file = customers(mobileOf(1), 'x', mobileOf(2));
    const { json } = await upload('kind=customers&onInvalid=reject', file, 'text/csv');
    await ended(json.id);
    const rows = await rowsOf(json.id);
    expect(rows.map((row) => row.split(',')[0])).toEqual(['failed', 'rejected', 'failed']);
    // A cell of the upload stays as it was.
    expect(rows.every((row) => row.endsWith(',loyalty,=1+1'))).toBe(true);
    const only = await rowsOf(json.id, '&outcome=rejected');
    expect(only).toEqual([rows[1]]);
  });

  it('leaves out what a retry has taken over, and the retry has a repair file of its own', async () => {
    await sandbox.fault({ kind: 'latency', ms: 1500, times: 4 });
    const numbers = Array.from({ length: 1000 }, (_, index) => String(919_999_900_000 + index));
    const { json } = await upload('kind=customers&onInvalid=skip', customers(...numbers), 'text/csv');
    await act(json.id, 'cancel');
    const cancelled = await ended(json.id);
    expect(cancelled.failed).toBeGreaterThan(0);
    const retried = await act(json.id, 'retry');
    expect(retried.status).toBe(202);
    await ended(retried.json.id);
    const left = await repair(json.id);
    expect(left.headers.get('meniscus-left-out')).toBe(`retried=${cancelled.failed}`);
    const rows = await rowsOf(retried.json.id);
    expect(rows).toHaveLength(cancelled.failed);
    expect(rows.every((row) => /^rejected,.*,9199999\d{5},loyalty,=1\+1$/.test(row))).toBe(true);
  });

  it('is for the owner of the import, and for those who may repeat it', async () => {
    const { json } = await upload('kind=customers&onInvalid=skip', customers('x'), 'text/csv');
    await ended(json.id);
    expect((await repair(json.id, '', watcher)).status).toBe(404);
    expect((await repair(json.id, '', operator)).status).toBe(200);
  });

  it('leaves out erased rows, also those that are not valid, and says how many', async () => {
    const gone = '918811111111';
    const stays = '918822222222';
    const file = customers(`${gone},,,`, stays, `+${gone.slice(2)}x`, gone, 'x');
    const { json } = await upload('kind=customers&onInvalid=reject', file, 'text/csv');
    await ended(json.id);
    expect((await repair(json.id)).text).toContain(gone);
    const asked = await service.send('DELETE', '/v1/customers/stored-data', {
      identifiers: [{ type: 'mobile', value: gone }],
    });
    await until(
      async () => (await service.send('GET', `/v1/customers/stored-data/${asked.json.id}`)).json,
      ({ state }: { state: string }) => state === 'finished',
      60_000,
    );
    const after = await repair(json.id);
    expect(after.text).not.toMatch(/8811111111/);
    expect(after.text).toContain(stays);
    expect(after.text.trimEnd().split('\n')).toHaveLength(3);
    expect(after.headers.get('meniscus-left-out')).toBe('erased=3');
  });
});
