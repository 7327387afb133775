import { describe, expect, it } from 'vitest';
import { readHeader, readRow } from './csv-field-paths.js';

describe(readHeader.name, () => {
  it.each([
    ['identifiers.19.type', 'identifiers.20.type', 'identifiers over the limit of 19'],
    ['cards.19.number', 'cards.20.number', 'cards over the limit of 19'],
    ['commChannels.19.value', 'commChannels.20.value', 'commChannels over the limit of 19'],
    ['programs.19.programId', 'programs.20.programId', 'programs over the limit of 19'],
    ['childCustomers.999.firstName', 'childCustomers.1000.firstName', 'childCustomers over the limit of 999'],
    [
      'childCustomers.999.cards.19.number',
      'childCustomers.999.cards.20.number',
      'cards over the limit of 19',
    ],
  ])('accepts %s, and rejects %s', (last, beyond, message) => {
    expect(readHeader([last])).toHaveLength(1);
    expect(() => readHeader([beyond])).toThrow(message);
  });

  it.each(['a0.999', 'a0.999.999', '0', 'cards.0.0.number', 'firstName.0', 'cards.number', 'cards.0.meta.1'])(
    'rejects a position without a list, and a list without a position: %s',
    (name) => {
      expect(() => readHeader([name])).toThrow('is not the path of a field');
    },
  );

  it.each([
    ['cards.1.number', 'cards.01.number'],
    ['parentCustomer', 'parentCustomer.firstName'],
    ['parentCustomer.firstName', 'parentCustomer'],
  ])('rejects columns for the same field: %s and %s', (one, other) => {
    expect(() => readHeader([one, other])).toThrow(
      'The name of column 2 repeats or overlaps with the name of an earlier column',
    );
  });

  it('accepts two names in a map if one begins with the other', () => {
    expect(readRow(readHeader(['fields.a', 'fields.a.b']), ['1', '2'])).toEqual({
      fields: { a: '1', 'a.b': '2' },
    });
  });
});

describe(readRow.name, () => {
  it('orders lists by their positions, without gaps, and puts identifiers by type at the end', () => {
    const header = readHeader([
      'identifiers.email',
      'identifiers.mobile',
      'identifiers.19.type',
      'identifiers.19.value',
      'childCustomers.999.firstName',
      'childCustomers.3.identifiers.mobile',
    ]);
    expect(readRow(header, ['a@b.c', '9199', 'cuid', 'x', 'last', '9198'])).toEqual({
      identifiers: [
        { type: 'cuid', value: 'x' },
        { type: 'email', value: 'a@b.c' },
        { type: 'mobile', value: '9199' },
      ],
      childCustomers: [{ identifiers: [{ type: 'mobile', value: '9198' }] }, { firstName: 'last' }],
    });
    expect(readRow(header, [])).toEqual({});
  });
});
