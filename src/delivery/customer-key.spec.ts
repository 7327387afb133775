import { describe, expect, it } from 'vitest';
import { customerKey, isMasked } from './customer-key.js';

describe(customerKey.name, () => {
  it.each([
    ['mobile', '+91 99000-00001', 'mobile:919900000001'],
    ['email', ' Asha@Example.COM', 'email:asha@example.com'],
    ['card', ' C1 ', 'cardnumber:C1'],
    ['cardnumber', 'C1', 'cardnumber:C1'],
    ['externalId', 'aB', 'externalId:aB'],
  ])('normalizes an identifier: %s %s', (type, value, key) => {
    expect(customerKey({ type, value })).toBe(key);
  });
});

describe(isMasked.name, () => {
  it('finds the asterisks of the vendor', () => {
    expect(isMasked({ type: 'mobile', value: '9199******01' })).toBe(true);
    expect(isMasked({ type: 'mobile', value: '919900000001' })).toBe(false);
  });
});
