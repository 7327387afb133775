import { describe, expect, it } from 'vitest';
import { Settings } from '../../config/settings.js';
import { UPDATE_KINDS } from '../import-kinds.js';
import { type CsvRow, readRow } from './csv-cells.js';
import { readHeader } from './csv-header.js';

const settings = new Settings();

function read(kind: keyof typeof UPDATE_KINDS, row: Readonly<Record<string, string>>): CsvRow {
  const header = readHeader(Object.keys(row), { kind: UPDATE_KINDS[kind], settings });
  return readRow(header, Object.values(row));
}

const NEEDED = { 'identifiers.mobile': '919900000001', loyaltyType: 'loyalty' };

describe(readRow.name, () => {
  it('orders lists by their positions, without gaps, and puts identifiers by type at the end', () => {
    const row = read('associations', {
      'identifiers.email': 'a@b.c',
      'identifiers.mobile': '9199',
      'identifiers.19.type': 'cuid',
      'identifiers.19.value': 'x',
      'childCustomers.999.firstName': 'last',
      'childCustomers.3.identifiers.mobile': '9198',
      loyaltyType: '',
    });
    expect(row.value).toEqual({
      identifiers: [
        { type: 'cuid', value: 'x' },
        { type: 'email', value: 'a@b.c' },
        { type: 'mobile', value: '9199' },
      ],
      childCustomers: [{ identifiers: [{ type: 'mobile', value: '9198' }] }, { firstName: 'last' }],
    });
  });

  it('leaves out the field of an empty cell, and of a row that ends early', () => {
    const header = readHeader(Object.keys(NEEDED), { kind: UPDATE_KINDS.memberships, settings });
    expect(readRow(header, ['', 'loyalty']).value).toEqual({ loyaltyType: 'loyalty' });
    expect(readRow(header, []).value).toEqual({});
  });

  it('accepts two names in a map if one begins with the other', () => {
    const { value } = read('customers', { ...NEEDED, 'fields.a': '1', 'fields.a.b': '2', 'fields.0': '3' });
    expect(value).toMatchObject({ fields: { a: '1', 'a.b': '2', 0: '3' } });
  });

  it.each([
    ['TRUE', true],
    ['False', false],
    ['tRuE', true],
    ['true', true],
    ['yes', 'yes'],
    ['1', '1'],
    ['WAHR', 'WAHR'],
  ])('reads %s in a column of booleans as %j', (cell, expected) => {
    const { value } = read('customers', { ...NEEDED, 'commChannels.0.primary': cell });
    expect(value).toMatchObject({ commChannels: [{ primary: expected }] });
  });

  it.each([
    ['75.0', 75],
    ['75.000', 75],
    ['0', 0],
    ['-7', -7],
    ['75.5', '75.5'],
    ['1,000', '1,000'],
    ['75,5', '75,5'],
    ['75,0', '75,0'],
    ['1.000.000', '1.000.000'],
    ['75.', '75.'],
    ['1e3', '1e3'],
    ['+75', '+75'],
    ['1 000', '1 000'],
  ])('reads %s in a column of whole numbers as %j', (cell, expected) => {
    const row = { 'identifiers.mobile': '9199', 'programs.0.programId': cell };
    expect(read('enrollments', row).value).toMatchObject({ programs: [{ programId: expected }] });
  });

  it('leaves numbers and booleans in other columns as they are', () => {
    const { value } = read('customers', {
      ...NEEDED,
      firstName: 'True',
      'fields.score': '75.0',
      'identifiers.externalId': '0042',
    });
    expect(value).toMatchObject({ firstName: 'True', fields: { score: '75.0' } });
    expect(value).toHaveProperty('identifiers.1.value', '0042');
  });

  it('says what a program did to a cell, and where it is in the value', () => {
    const row = read('customers', {
      ...NEEDED,
      'identifiers.externalId': '1.23457E+11',
      'cards.3.number': '#REF!',
      'extendedFields.a/b': '#WERT!',
      firstName: 'Null',
    });
    expect(row.mistakes.map(({ pointer }) => pointer)).toEqual([
      '/identifiers/1/value',
      '/cards/0/number',
      '/extendedFields/a~1b',
    ]);
    expect(row.mistakes.map(({ pointer = '' }) => row.columnAt(pointer))).toEqual([
      'identifiers.externalId',
      'cards.3.number',
      'extendedFields.a/b',
    ]);
  });
});

describe('the column at a pointer', () => {
  const row = read('associations', {
    'identifiers.mobile': '',
    'identifiers.email': 'a@b.c',
    loyaltyType: '',
    'cards.4.number': 'c',
    'cards.4.statusLabel': '',
    'cards.7.number': 'd',
    'fleetCompany.externalId': '',
  });

  it.each([
    ['/identifiers/0/value', 'identifiers.email'],
    ['/identifiers/0', 'identifiers.email'],
    ['/loyaltyType', 'loyaltyType'],
    ['/cards/0/number', 'cards.4.number'],
    ['/cards/0/statusLabel', 'cards.4.statusLabel'],
    ['/cards/1', 'cards.7.number'],
    ['/fleetCompany', 'fleetCompany.externalId'],
    ['/cards', undefined],
    ['/cards/0', 'cards.4.number'],
    ['/cards/1/statusLabel', undefined],
    ['', undefined],
  ])('is named as the header names it: %s is %s', (pointer, expected) => {
    expect(row.columnAt(pointer)).toBe(expected);
  });
});
