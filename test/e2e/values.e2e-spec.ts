import { stringify } from 'csv-stringify/sync';
import { beforeEach, describe, expect, it } from 'vitest';
import { aCustomerUpdate } from '../builders/a-customer-update.js';
import { type ResultLine, importsOf } from '../harness/imports.js';
import type { Answer } from '../harness/service.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const sandbox = useSandbox({ resetBeforeEach: true });
const service = useService(sandbox, { EXTRA_SOURCES: 'KIOSK,Partner_2' });
const { upload, ended, results } = importsOf(() => service);

beforeEach(() => sandbox.forgetCalls());

const MOBILE = '919900000001';
const mobile = { type: 'mobile', value: MOBILE };

type Row = readonly [what: string, changes: object, pointer: string, code: string, columns?: object];

/** Values that are refused on every way in; `columns` is the same as the cells of a CSV row. */
const REFUSED: readonly Row[] = [
  ['an empty field', { fields: { city: '' } }, '/fields/city', 'too-short'],
  [
    'a field of blanks',
    { extendedFields: { city: ' \u00A0 ' } },
    '/extendedFields/city',
    'too-short',
    { 'extendedFields.city': ' \u00A0 ' },
  ],
  ['a field of joiners', { fields: { a: '\u200D' } }, '/fields/a', 'too-short', { 'fields.a': '\u200D' }],
  [
    'NUL in a field',
    { fields: { a: 'x\u0000' } },
    '/fields/a',
    'control-character',
    { 'fields.a': 'x\u0000' },
  ],
  [
    'a tab in a field',
    { extendedFields: { a: 'x\ty' } },
    '/extendedFields/a',
    'control-character',
    { 'extendedFields.a': 'x\ty' },
  ],
  [
    'a C1 character in a field',
    { fields: { a: 'x\u0093y' } },
    '/fields/a',
    'control-character',
    { 'fields.a': 'x\u0093y' },
  ],
  [
    'an override in a field',
    { fields: { a: 'x\u202Dy' } },
    '/fields/a',
    'invisible-character',
    { 'fields.a': 'x\u202Dy' },
  ],
  [
    'a word joiner in an id',
    { identifiers: [{ type: 'externalId', value: 'A\u20601' }] },
    '/identifiers/0/value',
    'invisible-character',
    { 'identifiers.mobile': '', 'identifiers.externalId': 'A\u20601' },
  ],
  [
    'a soft hyphen in an address',
    { identifiers: [{ type: 'email', value: 'a\u00ADb@example.com' }] },
    '/identifiers/0/value',
    'invisible-character',
    { 'identifiers.mobile': '', 'identifiers.email': 'a\u00ADb@example.com' },
  ],
  [
    'a variation selector in an id',
    { identifiers: [{ type: 'cuid', value: 'A\uFE0E1' }] },
    '/identifiers/0/value',
    'invisible-character',
    { 'identifiers.mobile': '', 'identifiers.cuid': 'A\uFE0E1' },
  ],
  [
    'a tag in a card',
    { cards: [{ number: 'c\u{E0031}1', seriesId: 1, statusLabel: 'ACTIVE' }] },
    '/cards/0/number',
    'invisible-character',
    { 'cards.0.number': 'c\u{E0031}1', 'cards.0.seriesId': '1', 'cards.0.statusLabel': 'ACTIVE' },
  ],
  [
    'a thin space in a till',
    { associatedWith: 'till\u200912' },
    '/associatedWith',
    'invisible-character',
    { associatedWith: 'till\u200912' },
  ],
  [
    'a zero width space in a name',
    { lastName: 'Ra\u200Bo' },
    '/lastName',
    'invisible-character',
    { lastName: 'Ra\u200Bo' },
  ],
  [
    'a joiner at the end of a name',
    { firstName: 'Asha\u200D' },
    '/firstName',
    'invisible-character',
    { firstName: 'Asha\u200D' },
  ],
  [
    'a number without its country code',
    { identifiers: [{ type: 'mobile', value: '9876543210' }] },
    '/identifiers/0/value',
    'impossible-number',
    { 'identifiers.mobile': '9876543210' },
  ],
  [
    'a country code of no country',
    { identifiers: [{ type: 'mobile', value: '2109876543210' }] },
    '/identifiers/0/value',
    'impossible-number',
    { 'identifiers.mobile': '2109876543210' },
  ],
  [
    'a number that is too short for its country',
    { identifiers: [{ type: 'mobile', value: '1202555' }] },
    '/identifiers/0/value',
    'impossible-number',
    { 'identifiers.mobile': '1202555' },
  ],
  [
    'two spellings of an address',
    {
      identifiers: [
        { type: 'email', value: 'Lata@Example.com' },
        { type: 'email', value: 'lata@EXAMPLE.com' },
      ],
    },
    '/identifiers/1',
    'repeated',
    {
      'identifiers.mobile': '',
      'identifiers.0.type': 'email',
      'identifiers.0.value': 'Lata@Example.com',
      'identifiers.1.type': 'email',
      'identifiers.1.value': 'lata@EXAMPLE.com',
    },
  ],
  [
    'an unreal date-time',
    { createDate: '2026-02-30T10:00:00.000Z' },
    '/createDate',
    'format',
    { createDate: '2026-02-30T10:00:00.000Z' },
  ],
];

const body = (changes: object): object => ({ ...aCustomerUpdate({ identifiers: [mobile] }), ...changes });

function codesOf({ json }: Answer): unknown[] {
  return json.errors.map(({ pointer, code }: Record<string, unknown>) => [pointer, code]);
}

function codesOfLine(line: ResultLine | undefined): unknown[] {
  const errors = (line?.['errors'] ?? []) as Record<string, unknown>[];
  return errors.map(({ pointer, code }) => [pointer, code]);
}

async function resultsOf(bytes: string, type: string): Promise<ResultLine[]> {
  const { json } = await upload('kind=customers&onInvalid=skip', bytes, type);
  await ended(json.id);
  return results(json.id);
}

describe('a value that is refused on every way in', () => {
  it.each(REFUSED.map(([what, changes, pointer, code]) => [what, changes, pointer, code] as const))(
    'a single request, a batch: %s',
    async (_what, changes, pointer, code) => {
      const single = await service.send('PATCH', '/v1/customers', body(changes));
      expect([single.status, codesOf(single)]).toEqual([400, [[pointer, code]]]);
      const batch = await service.send('POST', '/v1/customers/batch', { customers: [body(changes)] });
      expect([batch.status, codesOf(batch)]).toEqual([400, [[`/customers/0${pointer}`, code]]]);
      expect(await sandbox.calls('bulk')).toEqual([]);
    },
  );

  it.each([
    [
      'NDJSON',
      'application/x-ndjson',
      (bodies: object[]) => bodies.map((one) => JSON.stringify(one)).join('\n'),
    ],
    ['a JSON array', 'application/json', (bodies: object[]) => JSON.stringify(bodies)],
  ])('%s', async (_what, type, write) => {
    const lines = await resultsOf(write(REFUSED.map(([, changes]) => body(changes))), type);
    expect(lines.map(codesOfLine)).toEqual(REFUSED.map(([, , pointer, code]) => [[pointer, code]]));
    expect(await sandbox.calls('bulk')).toEqual([]);
  });

  it.each(
    REFUSED.flatMap(([what, , pointer, code, columns]) =>
      columns ? [[what, columns, pointer, code] as const] : [],
    ),
  )('CSV: %s', async (_what, columns, pointer, code) => {
    const row = { 'identifiers.mobile': MOBILE, loyaltyType: 'loyalty', ...columns };
    const filled = Object.fromEntries(Object.entries(row).filter(([, cell]) => cell !== ''));
    const [line] = await resultsOf(stringify([filled], { header: true }), 'text/csv');
    expect(codesOfLine(line)).toEqual([[pointer, code]]);
    expect(await sandbox.calls('bulk')).toEqual([]);
  });

  it.each<[string, string]>([
    ['{"loyaltyType":"loyalty","loyaltyType":"non_loyalty","identifiers":[]}', '/loyaltyType'],
    ['{"identifiers":[{"type":"mobile","value":"1","val\\u0075e":"2"}]}', '/identifiers/0/value'],
    ['{"fields":{"a":1 , "a" : 1}}', '/fields/a'],
  ])('a name twice in one object: %s', async (text, pointer) => {
    const single = await service.send('PATCH', '/v1/customers', text);
    expect([single.status, codesOf(single)]).toEqual([400, [[pointer, 'repeated-name']]]);
    expect((await resultsOf(text, 'application/x-ndjson')).map(codesOfLine)).toEqual([
      [[pointer, 'repeated-name']],
    ]);
    expect((await resultsOf(`[${text}]`, 'application/json')).map(codesOfLine)).toEqual([
      [[pointer, 'repeated-name']],
    ]);
    expect(await sandbox.calls('bulk')).toEqual([]);
  });

  it('is refused by search and erasure too', async () => {
    const identifier = { type: 'externalId', value: 'A\u20601' };
    const search = await service.send('POST', '/v1/hierarchy/children/search', { parent: { identifier } });
    expect(codesOf(search)).toEqual([['/parent/identifier/value', 'invisible-character']]);
    const erasure = await service.send('DELETE', '/v1/customers/stored-data', { identifiers: [identifier] });
    expect([erasure.status, codesOf(erasure)]).toEqual([
      400,
      [['/identifiers/0/value', 'invisible-character']],
    ]);
  });

  it('is named, with its position', async () => {
    const { json } = await service.send('PATCH', '/v1/customers', body({ associatedWith: '🙂ab\u2066' }));
    expect(json.errors).toEqual([
      {
        pointer: '/associatedWith',
        code: 'invisible-character',
        params: { character: 'U+2066', name: 'left-to-right isolate', position: 4 },
        message: 'must not contain U+2066 left-to-right isolate at position 4',
      },
    ]);
  });
});

describe('a value that people really have', () => {
  it('reaches the vendor as it was, and date-times without their fraction', async () => {
    const changes = {
      firstName: 'می\u200Cترا',
      lastName: 'क्\u200Dष',
      fields: { favoriteStore: 'Flat 4\nPune ❤\uFE0F' },
      createDate: '2026-02-11T16:36:17.000Z',
    };
    expect((await service.send('PATCH', '/v1/customers', body(changes))).status).toBe(200);
    const [call] = await sandbox.calls('bulk');
    expect(call?.body).toMatchObject([
      {
        profiles: [{ firstName: changes.firstName, lastName: changes.lastName, fields: changes.fields }],
        createDate: '2026-02-11T16:36:17+00:00',
      },
    ]);
  });

  it('may be a source of the organization', async () => {
    const dryRun = (source: string) =>
      service.send('PATCH', `/v1/customers?dryRun=true&source=${source}`, body({}));
    expect((await dryRun('KIOSK')).status).toBe(200);
    expect((await dryRun('Partner_2')).status).toBe(200);
    expect(codesOf(await dryRun('kiosk'))).toEqual([[undefined, 'enum']]);
    const document = (await service.send('GET', '/openapi.json')).json;
    expect(JSON.stringify(document.paths['/v1/customers'].patch.parameters)).toContain('KIOSK');
  });
});
