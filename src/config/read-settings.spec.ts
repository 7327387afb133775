import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { readSettings } from './read-settings.js';
import { SETTINGS_FROM_FILES } from './settings.js';
import { StartupError } from './startup-error.js';

const VALID = {
  API_KEYS_FILE: 'keys.json',
  UPSTREAM_BASE_URL: 'https://eu.api.example.com',
  UPSTREAM_OAUTH_KEY: 'key',
  UPSTREAM_OAUTH_SECRET: 'secret',
};

function mistakes(environment: Record<string, string>): readonly string[] {
  try {
    readSettings(environment);
  } catch (error) {
    if (error instanceof StartupError) return error.message.split('\n  - ').slice(1);
    throw error;
  }
  return [];
}

describe(readSettings.name, () => {
  it('parses numbers, and applies the defaults of unset variables', () => {
    expect(readSettings({ ...VALID, PORT: '8080', UNRELATED: 'x' })).toMatchObject({
      PORT: 8080,
      HOST: '127.0.0.1',
      UPSTREAM_MAX_BATCH: 100,
    });
  });

  it('treats an empty variable as unset', () => {
    expect(readSettings({ ...VALID, PORT: '', DEFAULT_ACCOUNT_ID: '' })).toMatchObject({ PORT: 3000 });
    expect(mistakes({ ...VALID, UPSTREAM_OAUTH_SECRET: '' })).toEqual([
      expect.stringMatching(/^UPSTREAM_OAUTH_SECRET /),
    ]);
  });

  it('reports every mistake at once, by name and without a value', () => {
    const found = mistakes({
      PORT: '70000',
      LOG_LEVEL: 'chatty',
      UPSTREAM_BASE_URL: 'https://user:hunter2@vendor.example',
      UPSTREAM_AUTH: 'oauth',
      UPSTREAM_BULK_PATH: 'v2/bulk?x=1',
      DEFAULT_SOURCE: 'SHOP',
      DEFAULT_ATTRIBUTION_CODE: 'line\nbreak',
      DRAIN_TIMEOUT_MS: '1.5',
    });

    expect(found.map((line) => line.split(' ')[0])).toEqual([
      'PORT',
      'LOG_LEVEL',
      'API_KEYS_FILE',
      'UPSTREAM_BASE_URL',
      'UPSTREAM_BULK_PATH',
      'UPSTREAM_OAUTH_KEY',
      'UPSTREAM_OAUTH_SECRET',
      'DEFAULT_SOURCE',
      'DEFAULT_ATTRIBUTION_CODE',
      'DRAIN_TIMEOUT_MS',
    ]);
    expect(found.join()).not.toMatch(/70000|chatty|hunter2|SHOP|break/);
  });

  it('requires only the credentials of the chosen authentication', () => {
    const { UPSTREAM_BASE_URL, API_KEYS_FILE } = VALID;
    expect(
      mistakes({ UPSTREAM_BASE_URL, API_KEYS_FILE, UPSTREAM_AUTH: 'basic' }).map(
        (line) => line.split(' ')[0],
      ),
    ).toEqual(['UPSTREAM_BASIC_TILL', 'UPSTREAM_BASIC_PASSWORD']);
  });

  it('requires the account of a default source that has several', () => {
    expect(mistakes({ ...VALID, DEFAULT_SOURCE: 'WECHAT' })).toHaveLength(1);
    expect(mistakes({ ...VALID, DEFAULT_SOURCE: 'WECHAT', DEFAULT_ACCOUNT_ID: 'CM' })).toEqual([]);
  });

  it('requires API keys or the issuer of tokens, and accepts both', () => {
    const { API_KEYS_FILE: _none, ...noKeys } = VALID;
    const jwt = {
      JWT_JWKS_URL: 'https://id.example.com/jwks',
      JWT_ISSUER: 'https://id.example.com',
      JWT_AUDIENCE: 'm',
    };
    expect(mistakes(noKeys)).toEqual([expect.stringMatching(/^API_KEYS_FILE .*npm run keys -- create/)]);
    expect(mistakes({ ...noKeys, ...jwt })).toEqual([]);
    expect(mistakes({ ...VALID, ...jwt })).toEqual([]);
  });

  it.each(['JWT_JWKS_URL', 'JWT_ISSUER', 'JWT_AUDIENCE'])(
    'requires all settings of JWTs if %s is set',
    (name) => {
      const found = mistakes({ ...VALID, [name]: 'https://id.example.com/jwks' });
      expect(found.map((line) => line.split(' ')[0])).toEqual(
        ['JWT_JWKS_URL', 'JWT_ISSUER', 'JWT_AUDIENCE'].filter((other) => other !== name),
      );
    },
  );

  it.each([
    ['http://id.example.com/jwks', 1],
    ['http://127.0.0.1.example.com/jwks', 1],
    ['http://localhost:80@id.example.com/jwks', 1],
    ['https://user:hunter2@id.example.com/jwks', 1],
    ['ftp://id.example.com/jwks', 1],
    ['http://127.0.0.1:8080/jwks', 0],
    ['http://localhost/jwks', 0],
    ['https://id.example.com/jwks?tenant=1', 0],
  ])('reads keys of an issuer over https only, except on loopback: %s', (JWT_JWKS_URL, count) => {
    expect(mistakes({ ...VALID, JWT_JWKS_URL, JWT_ISSUER: 'i', JWT_AUDIENCE: 'a' })).toHaveLength(count);
  });

  it.each([
    ['http://vendor.example', 1],
    ['http://127.0.0.1.example', 1],
    ['https://vendor.example', 0],
    ['http://127.0.0.1:4010', 0],
    ['http://localhost', 0],
  ])(
    'sends credentials over https only in production, except on loopback: %s',
    (UPSTREAM_BASE_URL, count) => {
      const DATA_KEYS = `1:${Buffer.alloc(32).toString('base64')}`;
      const production = { ...VALID, NODE_ENV: 'production', DATA_KEYS, LOG_HASH_KEY: 'x'.repeat(32) };
      const found = mistakes({ ...production, UPSTREAM_BASE_URL });
      expect(found).toHaveLength(count);
      expect(mistakes({ ...VALID, UPSTREAM_BASE_URL })).toEqual([]);
    },
  );

  it('refuses to start if Node does not verify certificates', () => {
    expect(mistakes({ ...VALID, NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toEqual([
      'NODE_TLS_REJECT_UNAUTHORIZED must not be 0: certificates are always verified',
    ]);
    expect(mistakes({ ...VALID, NODE_TLS_REJECT_UNAUTHORIZED: '1' })).toEqual([]);
  });

  it('rejects a path that names a host', () => {
    expect(mistakes({ ...VALID, UPSTREAM_BULK_PATH: '//elsewhere.example/v2/bulk' })).toHaveLength(1);
  });

  it.each([
    '*',
    'https://*.example.com',
    'http://a.example',
    'https://a.example/',
    'https://a.example, https://b',
  ])('accepts exact https origins only: %s', (CORS_ORIGINS) => {
    expect(mistakes({ ...VALID, CORS_ORIGINS })).toEqual([expect.stringMatching(/^CORS_ORIGINS /)]);
  });

  it('accepts plain only after the keys', () => {
    const key = `1:${Buffer.alloc(32).toString('base64')}`;
    expect(readSettings({ ...VALID, DATA_KEYS: `${key}, plain` }).DATA_KEYS).toBe(`${key}, plain`);
    for (const DATA_KEYS of ['plain', `plain,${key}`, `${key},plain,${key}`]) {
      expect(mistakes({ ...VALID, DATA_KEYS })).toEqual([expect.stringMatching(/^DATA_KEYS /)]);
    }
  });

  it('requires the key of hashes in production, because instances must agree on it', () => {
    const DATA_KEYS = `1:${Buffer.alloc(32).toString('base64')}`;
    const found = mistakes({ ...VALID, DATA_KEYS, NODE_ENV: 'production' });
    expect(found).toEqual([expect.stringMatching(/^LOG_HASH_KEY /)]);
    expect(mistakes({ ...VALID, LOG_HASH_KEY: 'too short' })).toHaveLength(1);
  });
});

describe('a secret in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'meniscus-secrets-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const { UPSTREAM_OAUTH_SECRET: _none, ...noSecret } = VALID;
  const aFile = (text: string): string => {
    const file = join(folder, 'secret');
    writeFileSync(file, text);
    return file;
  };

  it.each([
    ['hunter2\n', 'hunter2'],
    ['hunter2\r\n', 'hunter2'],
    [' hunter2 \n\n', ' hunter2 \n'],
    ['hunter2', 'hunter2'],
  ])('is read without the line break at its end: %j', (text, secret) => {
    const settings = readSettings({ ...noSecret, UPSTREAM_OAUTH_SECRET_FILE: aFile(text) });
    expect(settings.UPSTREAM_OAUTH_SECRET).toBe(secret);
  });

  it('is a mistake if the variable itself is set too', () => {
    expect(mistakes({ ...VALID, UPSTREAM_OAUTH_SECRET_FILE: aFile('hunter2') })).toEqual([
      'UPSTREAM_OAUTH_SECRET and UPSTREAM_OAUTH_SECRET_FILE are both set: leave one out',
    ]);
  });

  it('is a mistake if the file cannot be read or is empty, reported among the others and without the path', () => {
    const found = mistakes({ ...noSecret, PORT: 'x', UPSTREAM_OAUTH_SECRET_FILE: join(folder, 'hunter2') });
    expect(found).toEqual([
      'UPSTREAM_OAUTH_SECRET_FILE names a file that cannot be read',
      expect.stringMatching(/^PORT /),
    ]);
    expect(mistakes({ ...noSecret, UPSTREAM_OAUTH_SECRET_FILE: aFile('\n') })).toHaveLength(1);
  });

  it('is validated like the variable, and not quoted', () => {
    const found = mistakes({ ...VALID, DATABASE_URL_FILE: aFile('hunter2') });
    expect(found).toEqual(['DATABASE_URL must begin with postgres:// or postgresql://']);
  });

  it.each(SETTINGS_FROM_FILES)('appears in no dump of the settings: %s', (name) => {
    const settings = readSettings({
      ...VALID,
      UPSTREAM_AUTH: 'basic',
      UPSTREAM_BASIC_TILL: 'till',
      UPSTREAM_BASIC_PASSWORD: 'hunter2',
      DATABASE_URL: 'postgresql://hunter2@db/x',
    });
    for (const dump of [JSON.stringify(settings), inspect(settings), JSON.stringify({ ...settings })]) {
      expect(dump).not.toMatch(/hunter2|:"?secret/);
      expect(dump).not.toContain(`${name}"`);
    }
    expect(settings.UPSTREAM_BASIC_PASSWORD).toBe('hunter2');
  });
});
