import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SealBroken, Vault } from './field-cipher.js';

const keyOf = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;
const [OLD, NEW] = [keyOf('2025'), keyOf('2026')];
const vault = new Vault({ DATA_KEYS: NEW });

describe(Vault.name, () => {
  it('opens what it sealed, and what is stored tells nothing of it', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(3000), (json, padding) => {
        const text = `{"mobile":"919900000001","more":${json}${' '.repeat(padding)}}`;
        const stored = vault.seal(text, 'here:1');
        expect(stored).not.toContain('919900000001');
        expect(vault.open(stored, 'here:1')).toBe(text);
      }),
    );
  });

  it('seals the same text differently each time', () => {
    expect(vault.seal('{}', 'here')).not.toBe(vault.seal('{}', 'here'));
  });

  it('opens nothing that was moved to another place, or changed', () => {
    const stored = vault.seal('{"a":1}', 'here:1');
    expect(() => vault.open(stored, 'here:2')).toThrow(SealBroken);
    const at = stored.length - 5;
    const changed = stored.slice(0, at) + (stored[at] === 'A' ? 'B' : 'A') + stored.slice(at + 1);
    expect(() => vault.open(changed, 'here:1')).toThrow(SealBroken);
  });

  it('opens nothing whose tag was cut, as a short one can be guessed', () => {
    const [mark = '', form = '', encoded = ''] = vault.seal('', 'here:1').split('.');
    const cut = Buffer.from(encoded, 'base64')
      .subarray(0, 12 + 4)
      .toString('base64');
    expect(() => vault.open([mark, form, cut].join('.'), 'here:1')).toThrow(SealBroken);
  });

  it('opens with an older key, and seals with the first one', () => {
    const before = new Vault({ DATA_KEYS: OLD }).seal('{"a":1}', 'here');
    const rotated = new Vault({ DATA_KEYS: `${NEW}, ${OLD}` });
    expect(rotated.open(before, 'here')).toBe('{"a":1}');
    expect(rotated.seal('{}', 'here')).toMatch(/^~2026\./);
    expect(() => vault.open(before, 'here')).toThrow('no key 2025');
  });

  it('leaves text as it is without a key', () => {
    const plain = new Vault({});
    expect(plain.seal('{"a":1}', 'here')).toBe('{"a":1}');
    expect(plain.open('{"a":1}', 'here')).toBe('{"a":1}');
    expect(() => plain.open(vault.seal('{}', 'here'), 'here')).toThrow(SealBroken);
  });

  it('opens text that nobody sealed only where plain stands behind its keys, as an old key would', () => {
    expect(() => vault.open('{"a":1}', 'here')).toThrow(expect.objectContaining({ code: 'stored-in-plain' }));
    const first = new Vault({ DATA_KEYS: `${NEW}, plain` });
    expect(first.open('{"a":1}', 'here')).toBe('{"a":1}');
    expect(first.seal('{"a":1}', 'here')).toMatch(/^~2026\./);
    expect(first.oldKeyIds).toEqual(['plain']);
    expect(new Vault({ DATA_KEYS: `${NEW},${OLD},plain` }).oldKeyIds).toEqual(['2025', 'plain']);
  });

  it('names no key and no text when it cannot open', () => {
    expect(() => vault.open(`~2026.t.${'A'.repeat(80)}`, 'here:919900000001')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('9199') }),
    );
  });
});
