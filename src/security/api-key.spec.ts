import { describe, expect, it } from 'vitest';
import { hashKey, isKey, isKeyLike, makeKey } from './api-key.js';

describe(makeKey.name, () => {
  it('creates a different key each time: a prefix and 256 random bits', () => {
    const keys = Array.from({ length: 100 }, makeKey);
    expect(new Set(keys).size).toBe(100);
    for (const key of keys) {
      expect(key).toMatch(/^mns_[\w-]{48}$/);
      expect(isKey(key)).toBe(true);
      expect(isKeyLike(key)).toBe(true);
    }
  });
});

describe(isKey.name, () => {
  it('rejects a key that is cut off, longer, or has another prefix', () => {
    const good = makeKey();
    expect(isKey(good.slice(0, -1))).toBe(false);
    expect(isKey(`${good}A`)).toBe(false);
    expect(isKey(good.replace('mns_', 'abc_'))).toBe(false);
    expect(isKey('')).toBe(false);
  });

  it('detects one mistyped character by the checksum', () => {
    const good = makeKey();
    for (const at of [4, 20, 46, 51]) {
      const other = good[at] === 'x' ? 'y' : 'x';
      expect(isKey(good.slice(0, at) + other + good.slice(at + 1))).toBe(false);
    }
  });
});

describe(hashKey.name, () => {
  it('is the SHA-256 of the whole key', () => {
    expect(hashKey('abc').toString('hex')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });
});
