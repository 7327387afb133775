import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DecryptionFailed, FieldCipher } from './field-cipher.js';

const keyOf = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;
const [OLD, NEW] = [keyOf('2025'), keyOf('2026')];
const cipher = new FieldCipher({ DATA_KEYS: NEW });

describe(FieldCipher.name, () => {
  it('decrypts what it encrypted, and the stored text reveals nothing of it', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(3000), (json, padding) => {
        const text = `{"mobile":"919900000001","more":${json}${' '.repeat(padding)}}`;
        const stored = cipher.encrypt(text, 'table:1');
        expect(stored).not.toContain('919900000001');
        expect(cipher.decrypt(stored, 'table:1')).toBe(text);
      }),
    );
  });

  it('encrypts the same text differently each time', () => {
    expect(cipher.encrypt('{}', 'table:1')).not.toBe(cipher.encrypt('{}', 'table:1'));
  });

  it('decrypts no text that was moved to another context, or changed', () => {
    const stored = cipher.encrypt('{"a":1}', 'table:1');
    expect(() => cipher.decrypt(stored, 'table:2')).toThrow(DecryptionFailed);
    const at = stored.length - 5;
    const changed = stored.slice(0, at) + (stored[at] === 'A' ? 'B' : 'A') + stored.slice(at + 1);
    expect(() => cipher.decrypt(changed, 'table:1')).toThrow(DecryptionFailed);
  });

  it('decrypts no text with a truncated tag, as a short tag can be guessed', () => {
    const [prefix = '', form = '', encoded = ''] = cipher.encrypt('', 'table:1').split('.');
    const truncated = Buffer.from(encoded, 'base64')
      .subarray(0, 12 + 4)
      .toString('base64');
    expect(() => cipher.decrypt([prefix, form, truncated].join('.'), 'table:1')).toThrow(DecryptionFailed);
  });

  it('decrypts with an older key, and encrypts with the first one', () => {
    const before = new FieldCipher({ DATA_KEYS: OLD }).encrypt('{"a":1}', 'table:1');
    const rotated = new FieldCipher({ DATA_KEYS: `${NEW}, ${OLD}` });
    expect(rotated.decrypt(before, 'table:1')).toBe('{"a":1}');
    expect(rotated.encrypt('{}', 'table:1')).toMatch(/^~2026\./);
    expect(() => cipher.decrypt(before, 'table:1')).toThrow('no key 2025');
  });

  it('leaves text as it is without a key', () => {
    const plain = new FieldCipher({});
    expect(plain.encrypt('{"a":1}', 'table:1')).toBe('{"a":1}');
    expect(plain.decrypt('{"a":1}', 'table:1')).toBe('{"a":1}');
    expect(() => plain.decrypt(cipher.encrypt('{}', 'table:1'), 'table:1')).toThrow(DecryptionFailed);
  });

  it('reads plain text only if DATA_KEYS ends with plain, which counts as an old key', () => {
    expect(() => cipher.decrypt('{"a":1}', 'table:1')).toThrow(
      expect.objectContaining({ code: 'not-encrypted' }),
    );
    const first = new FieldCipher({ DATA_KEYS: `${NEW}, plain` });
    expect(first.decrypt('{"a":1}', 'table:1')).toBe('{"a":1}');
    expect(first.encrypt('{"a":1}', 'table:1')).toMatch(/^~2026\./);
    expect(first.oldKeyIds).toEqual(['plain']);
    expect(new FieldCipher({ DATA_KEYS: `${NEW},${OLD},plain` }).oldKeyIds).toEqual(['2025', 'plain']);
  });

  it('names no key and no text in its errors', () => {
    expect(() => cipher.decrypt(`~2026.t.${'A'.repeat(80)}`, 'table:919900000001')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('9199') }),
    );
  });
});
