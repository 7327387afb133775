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
const rowOf = (n: number): string => `${mobileOf(n)},Ärger ${n},"Pune, ${n}",loyalty,email,c${n}@example.com`;

/** Ten kinds of mistakes: the row in which it is, and how a person makes it and corrects it. */
const MISTAKES: readonly (readonly [n: number, wrong: (row: string) => string])[] = [
  [100, (row) => row.replace(mobileOf(100), '')],
  [300, (row) => `${row},one too many`],
  [500, (row) => row.replace(mobileOf(500), '9188oo000500')],
  [700, (row) => row.replace(mobileOf(700), '9.188E+11')],
  [900, (row) => row.replace(',loyalty,', ',Loyal,')],
  [1100, (row) => row.replace('@', ' at ')],
  [1300, (row) => row.replace(',email,', ',carrier pigeon,')],
  [1500, (row) => row.replace('Ärger', 'x'.repeat(5000))],
  [1700, (row) => row.replace(',loyalty,', ',,')],
  // Only the vendor knows that no customer has this number.
  [1900, (row) => row.replace(mobileOf(1900), '919999999999')],
];
const WRONG = new Map(MISTAKES.map(([n, wrong]) => [n, wrong(rowOf(n))]));
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

describe('a file of 2,000 customers with ten mistakes', () => {
  it('is corrected by a repair file, and all customers are updated exactly once', async () => {
    await plant(Array.from({ length: ROWS }, (_, index) => mobileOf(index + 1)));
    const planned = await upload('kind=customers&dryRun=true', FILE, 'text/csv');
    expect(planned).toMatchObject({ status: 200, json: { valid: 1991, invalid: 9 } });

    const accepted = await upload('kind=customers&onInvalid=skip', FILE, 'text/csv');
    expect(accepted).toMatchObject({ status: 202, json: { total: ROWS, invalid: 9 } });
    const { id } = accepted.json;
    expect(await ended(id, 60_000)).toMatchObject({ updated: 1990, rejected: 10, failed: 0, unknown: 0 });

    const file = await repair(id);
    expect(file.status).toBe(200);
    expect(file.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(file.headers.get('meniscus-left-out')).toBeNull();
    const text = file.text;
    const [header = '', ...rows] = text.trimEnd().split('\r\n');
    expect(header.split(',').slice(2).join(',')).toBe(HEADER);
    expect(rows).toHaveLength(10);
    const numbers = [...WRONG.keys()];
    for (const [index, row] of rows.entries()) {
      // The row is as it was, after what became of it and why.
      const wrong = WRONG.get(numbers[index] ?? 0) ?? '';
      expect(row.endsWith(`,${wrong}`)).toBe(true);
      expect(row.slice(0, -wrong.length)).toMatch(/^rejected,.{10,},$/);
    }

    // The reasons stay in the file: they are passed over.
    const corrected = rows.map((row, index) => {
      const n = numbers[index] ?? 0;
      return row.slice(0, -(WRONG.get(n)?.length ?? 0)) + rowOf(n);
    });
    const again = await upload(
      'kind=customers',
      `\u{feff}${[header, ...corrected].join('\r\n')}\r\n`,
      'text/csv',
    );
    expect(again).toMatchObject({ status: 202, json: { total: 10, invalid: 0 } });
    expect(await ended(again.json.id)).toMatchObject({ updated: 10 });

    const empty = await repair(again.json.id);
    expect(empty.text.trimEnd().split('\r\n')).toHaveLength(1);

    const sent = (await sandbox.calls('bulk')).map(({ body }) => JSON.stringify(body)).join('');
    const counts = new Map<string, number>();
    for (const [, n = ''] of sent.matchAll(/"value":"(9188\d{8})"/g)) counts.set(n, (counts.get(n) ?? 0) + 1);
    expect([...counts.values()].filter((count) => count !== 1)).toEqual([]);
    expect(counts.size).toBe(ROWS);
    const names = (await sandbox.customers()).map((one) => JSON.stringify(one));
    expect(names.filter((one) => one.includes('Ärger'))).toHaveLength(ROWS);
  }, 120_000);
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
