import { describe, expect, it } from 'vitest';
import type { BulkItem } from './bulk-request.js';
import { namedItems } from './named-items.js';

const anItem = (value: string): BulkItem => ({
  profiles: [{ identifiers: [{ type: 'mobile', value }], source: 'INSTORE' }],
  loyaltyInfo: { loyaltyType: 'loyalty' },
});
const ITEMS = ['919900000001', '919900000002', '91990000000', 'mobile', '1000'].map(anItem);

describe(namedItems.name, () => {
  it('finds the item by its identifier in the message', () => {
    expect(namedItems([{ code: 8013, message: 'Invalid identifier: 919900000002.' }], ITEMS)).toEqual([1]);
    expect(namedItems([{ message: '(91990000000)' }, { message: 'mobile=919900000001' }], ITEMS)).toEqual([
      2, 0,
    ]);
  });

  it.each([
    ['an error names no item', [{ message: 'mandatory field missing' }]],
    ['one of two errors names no item', [{ message: '919900000001 is invalid' }, { message: 'and more' }]],
    [
      'an error names two items, and one may be innocent',
      [{ message: '919900000001 belongs to 919900000002' }],
    ],
    ['the number is a part of a longer one', [{ message: 'call 1919900000001' }]],
    ['an identifier is a mere word', [{ message: 'invalid mobile' }]],
    ['an identifier is a short number', [{ message: 'at most 1000 customers' }]],
    ['there is no error', []],
    ['there is no message', [{ code: 400 }]],
  ])('finds none when %s', (_case, errors) => {
    expect(namedItems(errors, ITEMS)).toEqual([]);
  });
});
