import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Settings } from '../config/settings.js';
import { KeyedHash } from './keyed-hash.js';

const LOG_HASH_KEY = 'k'.repeat(32);
const hashWith = (key?: string): KeyedHash =>
  new KeyedHash(Object.assign(new Settings(), key !== undefined && { LOG_HASH_KEY: key }));

const asha = { route: { source: 'WECHAT', accountId: 'CM' }, customer: ['mobile:919900000001'] };

describe(KeyedHash.name, () => {
  it('is HMAC-SHA256 of source, account and key in 16 digits, which an operator can compute too', () => {
    const expected = createHmac('sha256', LOG_HASH_KEY)
      .update('WECHAT\nCM\nmobile:919900000001')
      .digest('hex');
    expect(hashWith(LOG_HASH_KEY).ofCustomers([asha])).toEqual([expected.slice(0, 16)]);
  });

  it('differs between customers, accounts and keys', () => {
    const hash = hashWith(LOG_HASH_KEY);
    const others = [
      { ...asha, customer: ['mobile:919900000002'] },
      { ...asha, route: { source: 'WECHAT', accountId: 'OTHER' } },
      { ...asha, route: { source: 'INSTORE' } },
    ];
    const all = [asha, ...others].flatMap((one) => hash.ofCustomers([one]));
    all.push(...hashWith('x'.repeat(32)).ofCustomers([asha]), hash.ofAddress('127.0.0.1'));
    expect(new Set(all).size).toBe(6);
  });

  it('uses a random key for each process if none is set', () => {
    expect(hashWith().ofCustomers([asha])).not.toEqual(hashWith().ofCustomers([asha]));
  });

  it('returns at most ten hashes, and none twice', () => {
    const many = Array.from({ length: 20 }, (_, index) => ({
      ...asha,
      customer: [`externalId:${index >> 1}`],
    }));
    expect(hashWith().ofCustomers([...many, ...many])).toHaveLength(10);
    expect(hashWith().ofCustomers([asha, asha])).toHaveLength(1);
  });
});
