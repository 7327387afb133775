import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { aCustomerUpdate } from '../builders/a-customer-update.js';
import { anEnrollment } from '../builders/an-enrollment.js';
import { createEmptyDatabase, createPreparedDatabase, serverUrl } from '../harness/databases.js';
import { NDJSON, importsOf } from '../harness/imports.js';
import { type Service, startService } from '../harness/service.js';
import { useDataFolder } from '../harness/use-folder.js';
import { useSandbox } from '../harness/use-sandbox.js';

/** Lines of the import that is in the backup; a larger number measures how long a backup takes. */
const LINES = Number(process.env['IMPORT_LINES'] ?? 200);
const KEY = { 'Idempotency-Key': 'before-the-backup' };

const sandbox = useSandbox();
const folder = mkdtempSync(join(tmpdir(), 'meniscus-backup-'));
const embedded = useDataFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Rows are encrypted, so the restored service needs the same key. */
const DATA_KEYS = `k1:${randomBytes(32).toString('base64')}`;
const start = (database: Record<string, string>): Promise<Service> =>
  startService(sandbox.url, {
    DATA_KEYS,
    UPSTREAM_TIMEOUT_MS: '1000',
    REQUIRE_IDEMPOTENCY_KEY_FOR_POINTS: 'false',
    ...database,
  });

const creditsIn = async (service: Service): Promise<unknown[]> =>
  (await service.send('GET', '/v1/loyalty/unknown-credits')).json.credits;
const update = (service: Service) => service.send('PATCH', '/v1/customers', aCustomerUpdate(), KEY);

/** Fills the database with everything that must not be lost. */
async function fill(service: Service): Promise<{ importId: string; response: string }> {
  const { upload, ended } = importsOf(() => service);
  const lines = Array.from({ length: LINES }, (_, n) =>
    JSON.stringify(aCustomerUpdate({ identifiers: [{ type: 'mobile', value: String(918800000000 + n) }] })),
  );
  const { json } = await upload('kind=customers', lines.join('\n'), NDJSON);
  await ended(String(json.id), 150_000);
  const { text } = await update(service);
  await sandbox.fault({ kind: 'reset-after' });
  await service.send('POST', '/v1/loyalty/enrollments', anEnrollment({ loyaltyPoints: 7 }));
  expect(await creditsIn(service)).toHaveLength(1);
  return { importId: String(json.id), response: text };
}

/** Returns what a service on the restored database knows, and how many calls it made for that. */
async function known(service: Service, importId: string): Promise<Known> {
  await sandbox.forgetCalls();
  const { results } = importsOf(() => service);
  const updated = (await results(importId)).filter(({ outcome }) => outcome === 'updated');
  const { text } = await update(service);
  return {
    updatedLines: updated.length,
    response: text,
    credits: (await creditsIn(service)).length,
    calls: (await sandbox.calls('bulk')).length,
  };
}

interface Known {
  readonly updatedLines: number;
  /** To the repeated request with the idempotency key. */
  readonly response: string;
  readonly credits: number;
  readonly calls: number;
}

const everything = (response: string): Known => ({ updatedLines: LINES, response, credits: 1, calls: 0 });

/** Runs a step of the backup, and prints how long it took. */
function timed(step: string, run: () => unknown): void {
  const startedAt = performance.now();
  run();
  console.log(`${step} with ${LINES} lines: ${Math.round(performance.now() - startedAt)} ms`);
}

function sizeOf(path: string): number {
  if (!statSync(path).isDirectory()) return statSync(path).size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}

const DEBIANS = '/usr/lib/postgresql';

/** Returns the folder of pg_dump: that of the server that the tests use, else none is needed. */
function toolsFolder(): string {
  const version = existsSync(DEBIANS)
    ? readdirSync(DEBIANS).toSorted((a, b) => Number(b) - Number(a))[0]
    : '';
  return process.env['POSTGRES_BIN'] ?? join(DEBIANS, version ?? '', 'bin');
}

describe('a backup', () => {
  it('of PostgreSQL by pg_dump, restored into an empty database, has everything', async (context) => {
    if (serverUrl === undefined) return context.skip('there is no PostgreSQL on this machine');
    const dump = join(folder, 'meniscus.dump');
    const [from, to] = [await createPreparedDatabase(), await createEmptyDatabase()];
    const first = await start({ DATABASE_URL: from });
    const { importId, response } = await fill(first);
    const schemas = ['--schema=meniscus', '--schema=meniscus_jobs'];
    const options = ['--format=custom', ...schemas, `--file=${dump}`, `--dbname=${from}`];
    // The service need not be stopped: a dump is of one moment.
    timed('pg_dump', () => execFileSync(join(toolsFolder(), 'pg_dump'), options));
    await first.stop();
    const into = ['--exit-on-error', '--single-transaction', `--dbname=${to}`, dump];
    timed('pg_restore', () => execFileSync(join(toolsFolder(), 'pg_restore'), into));
    console.log(`the dump has ${sizeOf(dump)} bytes`);
    const second = await start({ DATABASE_URL: to });
    expect(await known(second, importId)).toEqual(everything(response));
    await second.stop();
  });

  it('of the embedded database, copied while the service is stopped, has everything', async () => {
    const copy = join(folder, 'copy');
    const first = await start({ DATABASE_URL: '', DATA_DIR: embedded });
    const { importId, response } = await fill(first);
    await first.stop();
    timed('a copy of DATA_DIR', () => cpSync(embedded, copy, { recursive: true }));
    console.log(`DATA_DIR has ${sizeOf(embedded)} bytes`);
    const second = await start({ DATABASE_URL: '', DATA_DIR: copy });
    expect(await known(second, importId)).toEqual(everything(response));
    await second.stop();
  });
});
