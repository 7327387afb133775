import { describe, expect, it } from 'vitest';
import { Settings } from '../../config/settings.js';
import { prepareUpdate } from '../../writes/prepare-update.js';
import { UPDATE_KINDS } from '../import-kinds.js';
import { readRow } from './csv-cells.js';
import { readHeader } from './csv-header.js';
import { locateMistakes, withCellMistakes } from './locate-mistakes.js';

const WRONG = { code: 'encoding', message: 'is not UTF-8' } as const;
const settings = new Settings();
const kind = UPDATE_KINDS.customers;
const preparation = { route: { source: 'INSTORE' } as const, bounds: {}, scopes: new Set<never>(), settings };

/** Returns the mistakes of a customer with these cells. */
function mistakesOf(row: Readonly<Record<string, string>>): unknown[] {
  const full = { 'identifiers.externalId': 'c-1', loyaltyType: 'loyalty', ...row };
  const csv = readRow(readHeader(Object.keys(full), { kind, settings }), Object.values(full));
  const prepared = withCellMistakes(prepareUpdate(kind, csv.value, preparation), {
    line: 9,
    value: csv.value,
    csv,
  });
  return 'mistakes' in prepared ? [...prepared.mistakes] : [];
}

describe(withCellMistakes.name, () => {
  it.each<[Record<string, string>, object[]]>([
    [
      { 'identifiers.mobile': '+91-9900-000-001' },
      [
        {
          column: 'identifiers.mobile',
          pointer: '/identifiers/1/value',
          found: '16 characters, begins with +: digits, + and a hyphen',
        },
      ],
    ],
    [
      { 'cards.0.number': 'c1', 'cards.0.statusLabel': 'ACTIVE', 'cards.0.seriesId': '1,000' },
      [
        {
          column: 'cards.0.seriesId',
          message: expect.stringContaining('integer'),
          found: '5 characters: digits and a comma',
        },
      ],
    ],
    [
      { 'commChannels.2.type': 'email', 'commChannels.2.value': 'a@b.c', 'commChannels.2.primary': 'yes' },
      [
        { column: 'commChannels.2.value' },
        { column: 'commChannels.2.primary', found: '3 characters: letters' },
      ],
    ],
    [
      {
        'identifiers.0.type': 'email',
        'identifiers.0.value': 'a@b.org',
        'identifiers.1.type': 'email',
        'identifiers.1.value': 'A@b.org',
      },
      [{ column: 'identifiers.1.type', code: 'repeated' }],
    ],
    [{ loyaltyType: '' }, [{ column: 'loyaltyType', pointer: '/loyaltyType' }]],
    [
      { 'identifiers.externalId': 'NULL', firstName: '  ' },
      [
        { column: 'identifiers.externalId', message: expect.stringContaining('no value') },
        { column: 'firstName', found: '2 characters: white space' },
      ],
    ],
    [
      { 'identifiers.mobile': '9.2E+11' },
      [{ column: 'identifiers.mobile', message: 'looks like a number that a spreadsheet shortened' }],
    ],
    [{ 'fields.note': '#BEZUG!' }, [{ column: 'fields.note', pointer: '/fields/note' }]],
    [{ firstName: 'Null', lastName: 'None', 'fields.note': '-' }, []],
  ])('names the line, the column and what was found, without the value: %j', (row, expected) => {
    const mistakes = mistakesOf(row);
    expect(mistakes).toMatchObject(expected.map((one) => ({ line: 9, ...one })));
    expect(mistakes).toHaveLength(expected.length);
    expect(JSON.stringify(mistakes)).not.toMatch(/9900-000|9\.2E|"[^"]*yes|an object/);
  });
});

describe(locateMistakes.name, () => {
  it.each<[string, unknown, string, string | undefined]>([
    ['a number', { firstName: 7 }, '/firstName', 'a whole number'],
    ['a list', [1, 2], '', 'a list of 2'],
    ['a name with a slash', { fields: { 'a/b': null } }, '/fields/a~1b', 'null'],
    ['an absent field', {}, '/loyaltyType', undefined],
    ['a name that every object has', {}, '/toString', undefined],
  ])('says what was found in a line of NDJSON: %s', (_case, value, pointer, found) => {
    const [located] = locateMistakes([{ pointer, ...WRONG }], { line: 3, value });
    expect(located).toEqual({ pointer, ...WRONG, line: 3, ...(found !== undefined && { found }) });
  });

  it('names the line of a mistake without a value', () => {
    const mistakes = [{ pointer: '', ...WRONG }];
    expect(locateMistakes(mistakes, { line: 3, mistakes })).toEqual([{ pointer: '', ...WRONG, line: 3 }]);
  });
});
