import { describe, expect, it } from 'vitest';
import { SettingsError, readSettings } from './read-settings.js';

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
    if (error instanceof SettingsError) return error.mistakes;
    throw error;
  }
  return [];
}

describe(readSettings.name, () => {
  it('reads numbers as numbers, and the defaults of the rest', () => {
    expect(readSettings({ ...VALID, PORT: '8080', UNRELATED: 'x' })).toMatchObject({
      PORT: 8080,
      HOST: '127.0.0.1',
      UPSTREAM_MAX_BATCH: 100,
    });
  });

  it('takes an empty variable as unset', () => {
    expect(readSettings({ ...VALID, PORT: '', DEFAULT_ACCOUNT_ID: '' })).toMatchObject({ PORT: 3000 });
    expect(mistakes({ ...VALID, UPSTREAM_OAUTH_SECRET: '' })).toEqual([
      expect.stringMatching(/^UPSTREAM_OAUTH_SECRET /),
    ]);
  });

  it('tells every mistake at once, by name and without a value', () => {
    const told = mistakes({
      PORT: '70000',
      LOG_LEVEL: 'chatty',
      UPSTREAM_BASE_URL: 'https://user:hunter2@vendor.example',
      UPSTREAM_AUTH: 'oauth',
      UPSTREAM_BULK_PATH: 'v2/bulk?x=1',
      DEFAULT_SOURCE: 'SHOP',
      DEFAULT_ATTRIBUTION_CODE: 'line\nbreak',
      DRAIN_TIMEOUT_MS: '1.5',
    });

    expect(told.map((line) => line.split(' ')[0])).toEqual([
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
    expect(told.join()).not.toMatch(/70000|chatty|hunter2|SHOP|break/);
  });

  it('asks for the credentials of the chosen way only', () => {
    const { UPSTREAM_BASE_URL, API_KEYS_FILE } = VALID;
    expect(
      mistakes({ UPSTREAM_BASE_URL, API_KEYS_FILE, UPSTREAM_AUTH: 'basic' }).map(
        (line) => line.split(' ')[0],
      ),
    ).toEqual(['UPSTREAM_BASIC_TILL', 'UPSTREAM_BASIC_PASSWORD']);
  });

  it('asks for the account of a default source that has several', () => {
    expect(mistakes({ ...VALID, DEFAULT_SOURCE: 'WECHAT' })).toHaveLength(1);
    expect(mistakes({ ...VALID, DEFAULT_SOURCE: 'WECHAT', DEFAULT_ACCOUNT_ID: 'CM' })).toEqual([]);
  });

  it('asks for keys or for the issuer of tokens, and takes both', () => {
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

  it.each(['JWT_JWKS_URL', 'JWT_ISSUER', 'JWT_AUDIENCE'])('asks for all of JWTs where %s is set', (name) => {
    const told = mistakes({ ...VALID, [name]: 'https://id.example.com/jwks' });
    expect(told.map((line) => line.split(' ')[0])).toEqual(
      ['JWT_JWKS_URL', 'JWT_ISSUER', 'JWT_AUDIENCE'].filter((other) => other !== name),
    );
  });

  it.each([
    ['http://id.example.com/jwks', 1],
    ['http://127.0.0.1.example.com/jwks', 1],
    ['http://localhost:80@id.example.com/jwks', 1],
    ['https://user:hunter2@id.example.com/jwks', 1],
    ['ftp://id.example.com/jwks', 1],
    ['http://127.0.0.1:8080/jwks', 0],
    ['http://localhost/jwks', 0],
    ['https://id.example.com/jwks?tenant=1', 0],
  ])('reads keys of an issuer by https only, but on loopback: %s', (JWT_JWKS_URL, count) => {
    expect(mistakes({ ...VALID, JWT_JWKS_URL, JWT_ISSUER: 'i', JWT_AUDIENCE: 'a' })).toHaveLength(count);
  });
});
