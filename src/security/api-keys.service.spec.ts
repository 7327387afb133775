import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { Settings } from '../config/settings.js';
import type { EventLog } from '../observability/event-log.js';
import { StartupError } from '../config/startup-error.js';
import { hashKey, makeKey } from './api-key.js';
import { ApiKeys } from './api-keys.service.js';
import { type KeyRecord, writeKeysFile } from './keys-file.js';

const folder = mkdtempSync(join(tmpdir(), 'meniscus-keys-'));
const path = join(folder, 'api-keys.json');
const logged: { event: string; mistakes?: readonly string[] }[] = [];
const log = {
  write: (_level: string, event: string, facts: object) => void logged.push({ event, ...facts }),
} as unknown as EventLog;

const [mine, hers] = [makeKey(), makeKey()];
let keys: ApiKeys | undefined;

function open(...records: Partial<KeyRecord>[]): ApiKeys {
  write(...records);
  keys = new ApiKeys(Object.assign(new Settings(), { API_KEYS_FILE: path }), log);
  keys.open();
  return keys;
}

function write(...records: Partial<KeyRecord>[]): void {
  writeKeysFile(
    path,
    records.map((record) => ({ name: 'app', hash: hashOf(mine), scopes: ['ops:read'], ...record })),
  );
}

const hashOf = (key: string): string => hashKey(key).toString('hex');

afterEach(() => {
  keys?.onApplicationShutdown();
  vi.useRealTimers();
  logged.length = 0;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe(ApiKeys.name, () => {
  it('finds the principal of each known key with its bounds, and of no other key', () => {
    const found = open(
      { programs: [1016], limits: { concurrent: 2 } },
      { name: 'other', hash: hashOf(hers) },
    );
    expect(found.find(mine)).toEqual({
      kind: 'api-key',
      name: 'app',
      scopes: new Set(['ops:read']),
      programs: [1016],
      limits: { concurrent: 2 },
    });
    expect(found.find(hers)?.name).toBe('other');
    expect(found.find(makeKey())).toBeUndefined();
    expect(found.find(hashOf(mine))).toBeUndefined();
  });

  it('accepts a key until it expires', () => {
    const found = open({ expiresAt: '2027-01-01T00:00:00Z' });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-12-31T23:59:59.999Z') });
    expect(found.find(mine)?.name).toBe('app');
    vi.setSystemTime(Date.parse('2027-01-01T00:00:00Z'));
    expect(found.find(mine)).toBeUndefined();
  });

  it('reloads a changed file, and keeps the keys if the new file is not valid', async () => {
    const found = open({});
    write({ name: 'other', hash: hashOf(hers) });
    await vi.waitUntil(() => found.find(hers), { timeout: 10_000 });
    expect(found.find(mine)).toBeUndefined();

    writeFileSync(path, '{"keys": [');
    await vi.waitUntil(() => logged.some(({ event }) => event === 'keys.refused'), { timeout: 10_000 });
    expect(found.find(hers)?.name).toBe('other');
    expect(logged.at(-1)).toMatchObject({ event: 'keys.refused', mistakes: ['it is not JSON'] });

    rmSync(path);
    await vi.waitUntil(() => logged.at(-1)?.mistakes?.[0]?.includes('ENOENT'), { timeout: 10_000 });
    expect(found.find(hers)?.name).toBe('other');

    write({});
    await vi.waitUntil(() => found.find(mine), { timeout: 10_000 });
  }, 60_000);

  it('refuses to start with an unusable file, and says how to create one', () => {
    rmSync(path, { force: true });
    const settings = Object.assign(new Settings(), { API_KEYS_FILE: path });
    expect(() => new ApiKeys(settings, log).open()).toThrow(StartupError);
    expect(() => new ApiKeys(settings, log).open()).toThrow(/ENOENT[^]*npm run keys -- create/);
  });

  it('knows no key without a file', () => {
    const none = new ApiKeys(new Settings(), log);
    none.open();
    expect(none.find(mine)).toBeUndefined();
  });
});
