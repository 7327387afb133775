import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { readSettings, settingNames } from './read-settings.js';
import { SETTINGS_FROM_FILES, Settings } from './settings.js';
import { StartupError } from './startup-error.js';

const VALID = {
  NODE_ENV: 'test',
  API_KEYS_FILE: 'keys.json',
  UPSTREAM_BASE_URL: 'https://eu.api.example.com',
  UPSTREAM_OAUTH_KEY: 'key',
  UPSTREAM_OAUTH_SECRET: 'secret',
};

const DATA_KEYS = `1:${Buffer.alloc(32).toString('base64')}`;
const PRODUCTION = { ...VALID, NODE_ENV: 'production', DATA_KEYS, LOG_HASH_KEY: 'x'.repeat(32) };

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
      NODE_ENV: 'test',
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
    const { UPSTREAM_OAUTH_KEY: _key, UPSTREAM_OAUTH_SECRET: _secret, ...others } = VALID;
    expect(mistakes({ ...others, UPSTREAM_AUTH: 'basic' }).map((line) => line.split(' ')[0])).toEqual([
      'UPSTREAM_BASIC_TILL',
      'UPSTREAM_BASIC_PASSWORD',
    ]);
  });

  it('requires the account of a default source that has several', () => {
    expect(mistakes({ ...VALID, DEFAULT_SOURCE: 'WECHAT' })).toHaveLength(1);
    expect(mistakes({ ...VALID, DEFAULT_SOURCE: 'WECHAT', DEFAULT_ACCOUNT_ID: 'CM' })).toEqual([]);
  });

  it.each(['KIOSK', 'PARTNER,KIOSK', 'App_2,kiosk-3'])('accepts the further sources %s', (EXTRA_SOURCES) => {
    const DEFAULT_SOURCE = EXTRA_SOURCES.split(',').at(-1) ?? '';
    expect(mistakes({ ...VALID, EXTRA_SOURCES, DEFAULT_SOURCE })).toEqual([]);
    expect(mistakes({ ...VALID, DEFAULT_SOURCE })).toEqual([expect.stringContaining('EXTRA_SOURCES')]);
  });

  it.each(['KIOSK,', 'KIOSK, PARTNER', ',KIOSK', 'K&x=1', 'K'.repeat(51), 'K\u200B'])(
    'refuses the further sources %j',
    (EXTRA_SOURCES) => {
      expect(mistakes({ ...VALID, EXTRA_SOURCES })).toEqual([expect.stringMatching(/^EXTRA_SOURCES must/)]);
    },
  );

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, 'OTEL_EXPORTER_OTLP_ENDPOINT'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://user:hunter2@collector:4318' }, 'OTEL_EXPORTER_OTLP_ENDPOINT'],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c/v1?key=hunter2' }, 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'grpc://c:4317' }, 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'],
    [{ OTEL_EXPORTER_OTLP_HEADERS: 'hunter2' }, 'OTEL_EXPORTER_OTLP_HEADERS'],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318', OTEL_EXPORTER_OTLP_HEADERS: 'key=hunter2' },
      'OTEL_EXPORTER_OTLP_HEADERS',
    ],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
      'OTEL_EXPORTER_OTLP_PROTOCOL',
    ],
    [{ OTEL_TRACES_SAMPLER: 'hunter2' }, 'OTEL_TRACES_SAMPLER'],
    [{ OTEL_TRACES_SAMPLER_ARG: '1.5' }, 'OTEL_TRACES_SAMPLER_ARG'],
    [{ OTEL_TRACES_SAMPLER_ARG: '1%' }, 'OTEL_TRACES_SAMPLER_ARG'],
    [{ OTEL_SERVICE_NAME: 'hunter2\nx' }, 'OTEL_SERVICE_NAME'],
  ])('refuses settings of traces that cannot work: %j', (environment, name) => {
    const found = mistakes({ ...VALID, ...environment });
    expect(found).toEqual([expect.stringMatching(new RegExp(`^${name} `))]);
    expect(found.join()).not.toContain('hunter2');
  });

  it.each([
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318/', OTEL_EXPORTER_OTLP_HEADERS: 'key=a%20b' },
    { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://c/otlp', OTEL_EXPORTER_OTLP_HEADERS: 'a=b,c=d' },
    { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.01' },
    // Another program of the host may have it: without an endpoint it concerns nothing of ours.
    { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
  ])('accepts the settings of traces %j', (environment: Record<string, string>) => {
    expect(mistakes({ ...VALID, ...environment })).toEqual([]);
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
      expect(mistakes({ ...PRODUCTION, UPSTREAM_BASE_URL })).toHaveLength(count);
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
    expect(readSettings({ ...VALID, DATA_KEYS: `${DATA_KEYS}, plain` }).DATA_KEYS).toBe(
      `${DATA_KEYS}, plain`,
    );
    for (const wrong of ['plain', `plain,${DATA_KEYS}`, `${DATA_KEYS},plain,${DATA_KEYS}`]) {
      expect(mistakes({ ...VALID, DATA_KEYS: wrong })).toEqual([expect.stringMatching(/^DATA_KEYS /)]);
    }
  });

  it('requires the key of hashes in production, because instances must agree on it', () => {
    const { LOG_HASH_KEY: _none, ...others } = PRODUCTION;
    expect(mistakes(others)).toEqual([expect.stringMatching(/^LOG_HASH_KEY /)]);
    expect(mistakes({ ...VALID, LOG_HASH_KEY: 'too short' })).toHaveLength(1);
  });

  it.each([undefined, '', 'production', 'production ', ' production', 'production\r', 'production\n'])(
    'is production, which requires keys and https: NODE_ENV=%j',
    (NODE_ENV) => {
      const { NODE_ENV: _none, ...others } = VALID;
      const environment = {
        ...others,
        ...(NODE_ENV !== undefined && { NODE_ENV }),
        UPSTREAM_BASE_URL: 'http://vendor.example',
      };
      expect(mistakes(environment).map((line) => line.split(' ')[0])).toEqual([
        'DATA_KEYS',
        'LOG_HASH_KEY',
        'UPSTREAM_BASE_URL',
      ]);
      expect(readSettings({ ...PRODUCTION, NODE_ENV: NODE_ENV ?? '' }).NODE_ENV).toBe('production');
    },
  );

  it.each(['development', 'test', 'development\r'])('needs no keys where it is a trial: %j', (NODE_ENV) => {
    expect(mistakes({ ...VALID, NODE_ENV })).toEqual([]);
  });

  it.each(['Production', 'PRODUCTION', 'prod', '"production"', "'test'", 'Development', 'dev', 'staging'])(
    'refuses another environment than the three: NODE_ENV=%j',
    (NODE_ENV) => {
      expect(mistakes({ ...VALID, NODE_ENV })).toEqual([expect.stringMatching(/^NODE_ENV must /)]);
      expect(mistakes({ ...PRODUCTION, NODE_ENV })).toHaveLength(1);
    },
  );

  it.each([' ', '\t', '\r', '\n', '\u00A0', ' \t '])(
    'refuses a blank value of every variable: %j',
    (blank) => {
      for (const name of settingNames()) {
        expect(mistakes({ ...PRODUCTION, [name]: blank })).toContainEqual(
          expect.stringMatching(new RegExp(`^${name} must not be blank`)),
        );
      }
    },
  );

  it.each([' x', 'x ', 'x\r', 'x\n', '\uFEFFx'])(
    'refuses white space at an end, without the value: %j',
    (value) => {
      for (const name of settingNames().filter((one) => one !== 'NODE_ENV' && one !== 'UPSTREAM_CA')) {
        expect(mistakes({ ...PRODUCTION, [name]: value })).toContainEqual(
          `${name} must not be blank, or begin or end with white space`,
        );
      }
    },
  );

  it.each([
    '0x10',
    '0b11',
    '0o17',
    '1e3',
    '+5',
    '-0',
    '1_000',
    '1,000',
    '010',
    '5.0',
    '5.',
    'Infinity',
    'NaN',
    '٣',
  ])('reads numbers as decimal digits only: %j', (text) => {
    const numbers = Object.entries(new Settings()).flatMap(([name, value]) =>
      typeof value === 'number' ? [name] : [],
    );
    expect(numbers.length).toBeGreaterThan(10);
    for (const name of [...numbers, 'UPSTREAM_MAX_BATCH_ASSOCIATIONS']) {
      expect(mistakes({ ...VALID, [name]: text })).toEqual([
        expect.stringMatching(new RegExp(`^${name} must be a whole number from \\d+ to \\d+`)),
      ]);
    }
  });

  it('reads 0 where it is allowed', () => {
    expect(readSettings({ ...VALID, UPSTREAM_CALLS_PER_MINUTE: '0' }).UPSTREAM_CALLS_PER_MINUTE).toBe(0);
  });

  it.each([
    ['https://gateway.example/capillary', 0],
    ['https://gateway.example/eu-1/capillary_v2/', 0],
    ['https://gateway.example/a/../b', 1],
    ['https://gateway.example/..', 1],
    ['https://gateway.example/./a', 1],
    ['https://gateway.example/%2e%2e/a', 1],
    ['https://gateway.example//a', 1],
    ['https://gateway.example/a\\b', 1],
    ['https://gateway.example/a b', 1],
    ['https://gateway.example/a?b=c', 1],
    ['https://gateway.example/a#b', 1],
    ['https://user@gateway.example/a', 1],
  ])('accepts a path of a gateway that is taken as it is written: %s', (UPSTREAM_BASE_URL, count) => {
    expect(mistakes({ ...VALID, UPSTREAM_BASE_URL })).toHaveLength(count);
  });

  it.each(['/../bulk', '/v2/../bulk', '/v2/./bulk', '/v2/bulk/..', '//bulk', '/v2//bulk'])(
    'rejects a path of the bulk update that leaves that of the vendor: %s',
    (UPSTREAM_BULK_PATH) => {
      expect(mistakes({ ...VALID, UPSTREAM_BULK_PATH })).toHaveLength(1);
    },
  );

  it('finds the file of keys that npm run keys creates by default, except beside JWTs', () => {
    const { API_KEYS_FILE: _none, ...noKeys } = VALID;
    const jwt = { JWT_JWKS_URL: 'https://id.example.com/jwks', JWT_ISSUER: 'i', JWT_AUDIENCE: 'a' };
    const before = process.cwd();
    const folder = mkdtempSync(join(tmpdir(), 'meniscus-settings-'));
    try {
      process.chdir(folder);
      expect(mistakes(noKeys)).toEqual([expect.stringMatching(/^API_KEYS_FILE .*\.\/data\/api-keys\.json/)]);
      mkdirSync('data');
      writeFileSync('data/api-keys.json', '{"keys": []}');
      expect(readSettings(noKeys).API_KEYS_FILE).toBe('./data/api-keys.json');
      expect(readSettings({ ...noKeys, API_KEYS_FILE: 'keys.json' }).API_KEYS_FILE).toBe('keys.json');
      expect(readSettings({ ...noKeys, ...jwt }).API_KEYS_FILE).toBeUndefined();
    } finally {
      process.chdir(before);
      rmSync(folder, { recursive: true });
    }
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

  it.each(['hunter2', 'hunter2\n', 'hunter2\r\n', '\uFEFFhunter2', '\uFEFFhunter2\r\n'])(
    'is read without a byte order mark and without the line break at its end: %j',
    (text) => {
      const settings = readSettings({ ...noSecret, UPSTREAM_OAUTH_SECRET_FILE: aFile(text) });
      expect(settings.UPSTREAM_OAUTH_SECRET).toBe('hunter2');
    },
  );

  it('keeps white space inside', () => {
    const settings = readSettings({ ...noSecret, UPSTREAM_OAUTH_SECRET_FILE: aFile('hunter 2\n') });
    expect(settings.UPSTREAM_OAUTH_SECRET).toBe('hunter 2');
  });

  it.each([
    'hunter2\n\n',
    'hunter2\r\n\r\n',
    'hunter2 \n',
    'hunter2\t',
    'hunter2\r',
    ' hunter2',
    '\nhunter2',
    '\uFEFF hunter2',
    '\uFEFF\uFEFFhunter2',
    'hunter2\u00A0\n',
  ])('is a mistake with other white space at an end: %j', (text) => {
    for (const name of SETTINGS_FROM_FILES) {
      const { [name as 'UPSTREAM_OAUTH_SECRET']: _value, ...others } = PRODUCTION;
      expect(mistakes({ ...others, [`${name}_FILE`]: aFile(text) })).toContainEqual(
        `${name}_FILE names a file that begins or ends with white space; only one line break at its end is allowed`,
      );
    }
  });

  it('is a mistake if the file is not in UTF-8, as some editors save it', () => {
    const file = join(folder, 'utf-16');
    writeFileSync(file, Buffer.from('\uFEFFhunter2', 'utf16le'));
    expect(mistakes({ ...noSecret, UPSTREAM_OAUTH_SECRET_FILE: file })).toEqual([
      'UPSTREAM_OAUTH_SECRET_FILE names a file that is not text in UTF-8',
    ]);
  });

  it.each(['', '\n', ' ', '\uFEFF', '\uFEFF\n'])('is a mistake if the file has no text: %j', (text) => {
    expect(mistakes({ ...VALID, DATABASE_URL_FILE: aFile(text) })).toEqual([
      'DATABASE_URL_FILE names a file that is empty or blank',
    ]);
  });

  it('is a mistake if the variable itself is set too', () => {
    expect(mistakes({ ...VALID, UPSTREAM_OAUTH_SECRET_FILE: aFile('hunter2') })).toEqual([
      'UPSTREAM_OAUTH_SECRET and UPSTREAM_OAUTH_SECRET_FILE are both set: leave one out',
    ]);
  });

  it('is a mistake if the file cannot be read, reported among the others and without the path', () => {
    const found = mistakes({ ...noSecret, PORT: 'x', UPSTREAM_OAUTH_SECRET_FILE: join(folder, 'hunter2') });
    expect(found).toEqual([
      'UPSTREAM_OAUTH_SECRET_FILE names a file that cannot be read',
      expect.stringMatching(/^PORT /),
    ]);
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
