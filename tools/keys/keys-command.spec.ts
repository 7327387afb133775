import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSettings } from '../../src/config/read-settings.js';
import { hashKey, isKey } from '../../src/security/api-key.js';
import { KeysCommandError, runKeysCommand } from './keys-command.js';
import { KeysFileError, readKeysFile } from '../../src/security/keys-file.js';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'meniscus-keys-'));
  path = join(folder, 'api-keys.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = (line: string): string => runKeysCommand(line.split(' '), path).output;
const app = 'create --name app --scopes customers:write,loyalty:write';

describe(runKeysCommand.name, () => {
  it('creates a key, prints it once, and stores only its hash', () => {
    const key = run(app);
    expect(isKey(key)).toBe(true);
    expect(readKeysFile(path)).toEqual([
      { name: 'app', hash: hashKey(key).toString('hex'), scopes: ['customers:write', 'loyalty:write'] },
    ]);
    expect(readFileSync(path, 'utf8')).not.toContain(key);
  });

  it('stores all bounds of a key', () => {
    run(
      `${app} --expires 2027-01-01 --sources INSTORE,WECHAT --accounts CM --programs 1016,1017 ` +
        '--max-points-per-enrollment 500 --max-points-per-day 10000 ' +
        '--requests-per-second 10 --updates-per-second 1000 --concurrent 4',
    );
    expect(readKeysFile(path)).toMatchObject([
      {
        expiresAt: '2027-01-01T00:00:00Z',
        sources: ['INSTORE', 'WECHAT'],
        accounts: ['CM'],
        programs: [1016, 1017],
        maxPointsPerEnrollment: 500,
        maxPointsPerDay: 10_000,
        limits: { requestsPerSecond: 10, updatesPerSecond: 1000, concurrent: 4 },
      },
    ]);
  });

  it('lists keys with scopes and bounds, without hashes', () => {
    run(app);
    run('create --name ops --scopes ops:read --expires 2027-01-01');
    const listed = run('list');
    expect(listed.split('\n')).toEqual([
      'app  customers:write,loyalty:write',
      'ops  ops:read  {"expiresAt":"2027-01-01T00:00:00Z"}',
    ]);
    expect(listed).not.toMatch(/[\da-f]{64}/);
  });

  it('revokes the key with the name, and no other', () => {
    run(app);
    run('create --name ops --scopes ops:read');
    run('revoke --name app');
    expect(run('list')).toBe('ops  ops:read');
    expect(() => run('revoke --name app')).toThrow('There is no key with this name.');
    expect(() => run('revoke')).toThrow('There is no key with this name.');
  });

  it('prefers --file to the file of the environment', () => {
    const other = join(folder, 'other.json');
    run(`${app} --file ${other}`);
    expect(runKeysCommand(['list'], other).output).toContain('app');
    expect(() => run('list')).toThrow(KeysFileError);
  });

  it.each([
    'create --name app',
    'create --scopes ops:read',
    'create --name app --scopes ops:all',
    'create --name app --scopes ops:read --expires soon',
    'create --name app --scopes ops:read --programs gold',
    'create --name app --scopes ops:read --concurrent many',
  ])('creates no key that the service would not read: %s', (line) => {
    expect(() => run(line)).toThrow(KeysFileError);
    expect(() => readKeysFile(path)).toThrow('ENOENT');
  });

  it('creates no second key with the same name', () => {
    run(app);
    expect(() => run(app)).toThrow('/keys/1/name ');
    expect(readKeysFile(path)).toHaveLength(1);
  });

  it.each(['', 'destroy', 'list revoke', 'create --unknown x'])('prints its usage: %s', (line) => {
    expect(() => run(line)).toThrow(KeysCommandError);
    expect(() => run(line)).toThrow('Usage: npm run keys');
  });

  it.each([undefined, ''])('uses the file that the service reads by default, and says so: %j', (file) => {
    const before = process.cwd();
    process.chdir(folder);
    try {
      const { output, note } = runKeysCommand(app.split(' '), file);
      expect(isKey(output)).toBe(true);
      expect(note).toContain('the file is ./data/api-keys.json');
      expect(readKeysFile('data/api-keys.json')).toMatchObject([{ name: 'app' }]);
      expect(runKeysCommand(['list'], file).note).toContain('./data/api-keys.json');
    } finally {
      process.chdir(before);
    }
    expect(runKeysCommand(app.split(' '), path).note).not.toContain('./data/api-keys.json');
  });

  it.each([' ', '\t', 'keys.json\r', ' keys.json'])('writes no file with a blank name: %j', (file) => {
    expect(() => runKeysCommand(app.split(' '), file)).toThrow('must not be blank');
    expect(() => runKeysCommand([...app.split(' '), '--file', file], path)).toThrow('must not be blank');
  });

  it.each(['', ' ', '0x10', '0b11', '1e3'])('reads numbers as decimal digits only: %j', (text) => {
    for (const option of ['--max-points-per-day', '--requests-per-second', '--programs', '--concurrent']) {
      expect(() => runKeysCommand([...app.split(' '), option, text], path)).toThrow(KeysFileError);
    }
  });

  it('prints secrets that the service accepts, and others each time', () => {
    const lines = [run('secrets'), run('secrets')].map((text) => parseEnv(text));
    const [first, second] = lines;
    for (const secrets of lines) {
      expect(Object.keys(secrets)).toEqual(['DATA_KEYS', 'LOG_HASH_KEY']);
      expect(
        readSettings({
          ...secrets,
          NODE_ENV: 'production',
          API_KEYS_FILE: path,
          UPSTREAM_BASE_URL: 'https://eu.api.example.com',
          UPSTREAM_OAUTH_KEY: 'key',
          UPSTREAM_OAUTH_SECRET: 'secret',
        }),
      ).toMatchObject({ NODE_ENV: 'production' });
    }
    expect(first?.['LOG_HASH_KEY']).not.toBe(second?.['LOG_HASH_KEY']);
    const [firstId, secondId] = lines.map(({ DATA_KEYS = '' }) => DATA_KEYS.split(':')[0]);
    expect(firstId, 'a rotation needs two ids').not.toBe(secondId);
  });
});
