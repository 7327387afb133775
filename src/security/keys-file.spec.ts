import {
  chmodSync,
  chownSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type KeyRecord, KeysFileError, readKeysFile, writeKeysFile } from './keys-file.js';

const folder = mkdtempSync(join(tmpdir(), 'meniscus-keys-'));
const path = join(folder, 'api-keys.json');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HASH = 'a'.repeat(64);
const APP: KeyRecord = { name: 'app', hash: HASH, scopes: ['customers:write'] };

function mistakes(text: string): readonly string[] {
  writeFileSync(path, text);
  try {
    readKeysFile(path);
  } catch (error) {
    if (error instanceof KeysFileError) return error.mistakes;
    throw error;
  }
  return [];
}

const mistakesIn = (...keys: object[]): readonly string[] => mistakes(JSON.stringify({ keys }));

describe(readKeysFile.name, () => {
  it('reads everything that a key may have', () => {
    const full = {
      ...APP,
      expiresAt: '2027-01-01T00:00:00Z',
      sources: ['INSTORE', 'WECHAT'],
      accounts: ['CM'],
      programs: [1016],
      maxPointsPerEnrollment: 500,
      maxPointsPerDay: 10_000.5,
      limits: { requestsPerSecond: 10, updatesPerSecond: 1000, concurrent: 4 },
    };
    writeFileSync(path, JSON.stringify({ keys: [full] }));
    expect(readKeysFile(path)).toEqual([full]);
  });

  it('accepts a file without keys', () => {
    expect(mistakesIn()).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['a name with an @', { name: 'asha@example.com' }, '/keys/0/name '],
    ['a name of digits', { name: '919900000001' }, '/keys/0/name '],
    ['a hash that is a key', { hash: 'mns_secret' }, '/keys/0/hash '],
    ['no scope', { scopes: [] }, '/keys/0/scopes '],
    ['an unknown scope', { scopes: ['customers:read'] }, '/keys/0/scopes '],
    ['a scope twice', { scopes: ['ops:read', 'ops:read'] }, '/keys/0/scopes '],
    ['a date that does not exist', { expiresAt: '2027-02-31' }, '/keys/0/expiresAt '],
    ['an unknown source', { sources: ['SHOP'] }, '/keys/0/sources '],
    ['no account', { accounts: [] }, '/keys/0/accounts '],
    ['a program of letters', { programs: ['1016'] }, '/keys/0/programs '],
    ['a negative bound', { maxPointsPerEnrollment: -1 }, '/keys/0/maxPointsPerEnrollment '],
    ['points of letters', { maxPointsPerDay: '7' }, '/keys/0/maxPointsPerDay '],
    ['a limit of nothing', { limits: { concurrent: 0 } }, '/keys/0/limits/concurrent '],
    ['an unknown limit', { limits: { perDay: 7 } }, '/keys/0/limits/perDay '],
    ['an unknown property', { expires: '2027-01-01' }, '/keys/0/expires '],
  ])('refuses %s, and reports where without a value', (_case, change, where) => {
    const found = mistakesIn({ ...APP, ...change });
    expect(found).toHaveLength(1);
    expect(found[0]?.startsWith(where)).toBe(true);
    expect(found.join()).not.toMatch(/asha|9199|mns_|SHOP/);
  });

  it('refuses two keys with the same name or the same hash', () => {
    expect(mistakesIn(APP, { ...APP, hash: 'b'.repeat(64) })).toEqual(['/keys/1/name is a duplicate']);
    expect(mistakesIn(APP, { ...APP, name: 'other' })).toEqual(['/keys/1/hash is a duplicate']);
  });

  it('refuses a missing file and invalid JSON, and quotes nothing', () => {
    expect(mistakes('{"keys": [mns_secret')).toEqual(['it is not JSON']);
    expect(mistakes('[]')).toEqual([' must be a JSON object']);
    expect(() => readKeysFile(join(folder, 'nothing'))).toThrow('it cannot be read (ENOENT)');
  });
});

describe(writeKeysFile.name, () => {
  it('writes a file that can be read back, for its owner only, and leaves no draft', () => {
    const place = join(folder, 'new', 'api-keys.json');
    writeKeysFile(place, [APP]);
    expect(readKeysFile(place)).toEqual([APP]);
    expect(statSync(place).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, 'new'))).toEqual(['api-keys.json']);
  });

  it('keeps owner and mode of the file, because the service may run as another user', () => {
    const place = join(folder, 'shared.json');
    writeKeysFile(place, [APP]);
    chmodSync(place, 0o640);
    if (process.getuid?.() === 0) chownSync(place, 1234, 1234); // only root can give a file away
    const { uid, gid } = statSync(place);
    writeKeysFile(place, []);
    expect(statSync(place)).toMatchObject({ uid, gid });
    expect(statSync(place).mode & 0o777).toBe(0o640);
  });

  it('leaves the file unchanged if writing fails', () => {
    const place = join(folder, 'kept.json');
    writeKeysFile(place, [APP]);
    const circle: Record<string, unknown> = {};
    circle['circle'] = circle;
    expect(() => writeKeysFile(place, [circle as unknown as KeyRecord])).toThrow('circular');
    expect(JSON.parse(readFileSync(place, 'utf8'))).toEqual({ keys: [APP] });
  });
});
