import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeKeysFile } from '../../src/security/keys-file.js';
import { anEnrollment } from '../builders/an-enrollment.js';
import { startProgram } from '../harness/child-program.js';
import { freePort } from '../harness/free-port.js';
import { importsOf } from '../harness/imports.js';
import { type Pooler, hasPgbouncer, startPgbouncer } from '../harness/pgbouncer.js';
import { type Cluster, createDatabase, startClusterIfAny } from '../harness/postgres.js';
import { API_KEYS_FILE, type Service, startService } from '../harness/service.js';
import { useSandbox } from '../harness/use-sandbox.js';

const TLS = new URL('../harness/tls/', import.meta.url).pathname;
const PASSWORD = 'hunter2';

const sandbox = useSandbox();
const isPoolerInstalled = hasPgbouncer();
const running: { stop(): Promise<unknown> }[] = [];
let cluster: Cluster | undefined;

async function asAdministrator(url: string, ...statements: string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  // oxlint-disable-next-line no-await-in-loop -- one connection, one statement at a time
  for (const statement of statements) await client.query(statement);
  await client.end();
}

/** Writes a file into the data folder of the server, where only the server may read it. */
function writeOnServer(name: string, text: string): string {
  const lines = text.trimEnd().split('\n');
  const quoted = lines.map((line) => `('${line.replaceAll("'", "''")}')`).join(', ');
  return `copy (values ${quoted}) to program 'umask 077; cat > ${name}'`;
}

const USERS = [
  'create role limited login',
  `create role secretive login password '${PASSWORD}'`,
  'create role abroad login',
  'create role tls_only login',
  'create role reader login superuser',
  'alter role reader set default_transaction_read_only = on',
  'create role one_only login connection limit 1',
  'create role four_only login connection limit 4',
  'create role dba login',
  'create role served login',
];

const HOST_RULES = [
  'local all all trust',
  'host all secretive all scram-sha-256',
  'host all abroad all reject',
  'hostssl all tls_only all trust',
  'host all meniscus,limited,reader,one_only,four_only,served all trust',
].join('\n');

beforeAll(async () => {
  cluster = await startClusterIfAny();
  if (!cluster) return;
  await asAdministrator(
    cluster.url,
    ...USERS,
    writeOnServer('pg_hba.conf', HOST_RULES),
    'select pg_reload_conf()',
  );
});

afterAll(async () => {
  await Promise.all(running.map((one) => one.stop()));
  await cluster?.remove();
});

/** The URL of a new database, with these parts replaced. */
async function aDatabase(parts: Partial<Record<'username' | 'password' | 'host' | 'search', string>> = {}) {
  const url = new URL(await createDatabase(cluster?.url ?? ''));
  return { admin: url.href, url: Object.assign(new URL(url), parts).href };
}

/**
 * Starts a service that must end by itself with 1.
 *
 * @returns what it wrote besides events: one sentence, and no trace, password or address
 */
async function refusalOf(DATABASE_URL: string): Promise<string> {
  const program = startProgram(
    'dist/src/main.js',
    {
      DATABASE_URL,
      API_KEYS_FILE,
      UPSTREAM_BASE_URL: sandbox.url,
      UPSTREAM_OAUTH_KEY: 'k',
      UPSTREAM_OAUTH_SECRET: 's',
      PORT: '0',
    },
    (cwd) => writeKeysFile(join(cwd, API_KEYS_FILE), []),
  );
  const code = await program.ended;
  const lines = program.output().split('\n');
  const written = lines.filter((line) => line !== '' && !line.startsWith('{')).join('\n');
  if (code !== 1) throw new Error(`the service ended with ${code}: ${written}`);
  if (!/^[^\n]+ \([\w ]+\)\.$/.test(written)) throw new Error(`not one sentence: ${written}`);
  if (written.includes(PASSWORD) || written.includes('127.0.0.1')) throw new Error(`not public: ${written}`);
  return written;
}

async function start(DATABASE_URL: string): Promise<Service> {
  const service = await startService(sandbox.url, { DATABASE_URL });
  running.push(service);
  return service;
}

/** Writes under a key, and imports, for which a job is announced by a notification. */
async function use(service: Service, key: string): Promise<unknown> {
  const headers = { 'Idempotency-Key': key };
  const answer = await service.send('POST', '/v1/loyalty/enrollments', anEnrollment(), headers);
  const imports = importsOf(() => service);
  const { json } = await imports.upload('kind=enrollments', JSON.stringify(anEnrollment()), undefined, {
    'Idempotency-Key': `${key}-import`,
  });
  const { state, updated } = await imports.ended(json.id);
  return { status: answer.status, state, updated };
}

const WORKS = { status: 200, state: 'completed', updated: 1 };

describe.concurrent('a database that cannot be used', () => {
  it.for<[string, Parameters<typeof aDatabase>[0], RegExp]>([
    ['a wrong password', { username: 'secretive', password: `${PASSWORD}!` }, /user or password.*\(28P01\)/],
    ['no password', { username: 'secretive' }, /has no password/],
    ['a host from which the user may not come', { username: 'abroad' }, /pg_hba\.conf.*\(28000\)/],
    ['a user who needs TLS', { username: 'tls_only' }, /only with TLS.*sslmode=verify-full.*\(28000\)/],
    ['a server without TLS', { search: '?sslmode=verify-full' }, /does not offer TLS: turn on `ssl`/],
    [
      'a missing certificate',
      { search: '?sslmode=verify-full&sslrootcert=/nowhere/ca.pem' },
      /`sslrootcert`.*cannot be read.*\(ENOENT\)/,
    ],
    [
      'an unknown host',
      { host: 'nowhere.invalid' },
      /host in DATABASE_URL cannot be found.*\((ENOTFOUND|EAI_AGAIN)\)/,
    ],
    ['a read-only user', { username: 'reader' }, /default_transaction_read_only.*\(25006\)/],
    ['a user with one connection', { username: 'one_only' }, /allow 15 for each instance.*\(53300\)/],
    [
      'no right to create schemas',
      { username: 'limited' },
      /CREATE SCHEMA meniscus AUTHORIZATION.*\(42501\)/,
    ],
  ])('ends the start with one sentence: %s', async ([, parts, sentence], { skip }) => {
    if (!cluster) return skip('there is no PostgreSQL on this machine that could be changed');
    expect(await refusalOf((await aDatabase(parts)).url)).toMatch(sentence);
  });

  it('ends the start with one sentence: no such database, no server, a password that is no URL', async ({
    skip,
  }) => {
    if (!cluster) return skip('there is no PostgreSQL on this machine that could be changed');
    const noDatabase = new URL(cluster.url);
    noDatabase.pathname = '/nothing_here';
    expect(await refusalOf(noDatabase.href)).toMatch(/CREATE DATABASE.*\(3D000\)/);
    expect(await refusalOf(`postgresql://me:${PASSWORD}/@db.example/x`)).toMatch(/DATABASE_URL is not a URL/);
    expect(await refusalOf(`postgresql://127.0.0.1:${await freePort()}/x`)).toMatch(
      /No server accepts.*\(ECONNREFUSED\)/,
    );
  });

  it('ends the start with one sentence: no right to connect, or in schemas that an administrator made', async ({
    skip,
  }) => {
    if (!cluster) return skip('there is no PostgreSQL on this machine that could be changed');
    const { admin, url } = await aDatabase({ username: 'limited' });
    const name = new URL(admin).pathname.slice(1);
    await asAdministrator(admin, `revoke connect on database ${name} from public`);
    expect(await refusalOf(url)).toMatch(/GRANT CONNECT ON DATABASE.*\(42501\)/);
    await asAdministrator(
      admin,
      `grant connect on database ${name} to limited`,
      'create schema meniscus',
      'create schema meniscus_jobs',
    );
    expect(await refusalOf(url)).toMatch(/GRANT USAGE, CREATE ON SCHEMA meniscus, meniscus_jobs.*\(42501\)/);
    await asAdministrator(admin, 'grant usage, create on schema meniscus to limited');
    expect(await refusalOf(url)).toMatch(/GRANT USAGE, CREATE ON SCHEMA meniscus, meniscus_jobs.*\(42501\)/);
  });

  it('ends the start with one sentence: connections that run out after it was opened', async ({ skip }) => {
    if (!cluster) return skip('there is no PostgreSQL on this machine that could be changed');
    const { admin, url } = await aDatabase({ username: 'four_only' });
    await asAdministrator(admin, `grant create on database ${new URL(admin).pathname.slice(1)} to four_only`);
    const others = [new Client(url), new Client(url)];
    await Promise.all(others.map((one) => one.connect()));
    try {
      expect(await refusalOf(url)).toMatch(/allow 15 for each instance.*\(53300\)/);
    } finally {
      await Promise.all(others.map((one) => one.end()));
    }
  });

  it('ends the start with one sentence: PgBouncer in transaction mode', async ({ skip }) => {
    if (!cluster) return skip('there is no PostgreSQL on this machine that could be changed');
    if (!isPoolerInstalled) return skip('there is no PgBouncer on this machine');
    const pooler: Pooler = await startPgbouncer(cluster.url, { pool_mode: 'transaction' });
    running.push(pooler);
    const { url } = await aDatabase();
    expect(await refusalOf(pooler.urlOf(url))).toMatch(/pool_mode = session.*\(pooled by transaction\)/);
  });
});

describe('a database behind PgBouncer with its defaults', () => {
  it('is used for writes and imports', async ({ skip }) => {
    if (!cluster) return skip('there is no PostgreSQL on this machine that could be changed');
    if (!isPoolerInstalled) return skip('there is no PgBouncer on this machine');
    const pooler = await startPgbouncer(cluster.url, {});
    const service = await start(pooler.urlOf((await aDatabase()).url));
    running.push(pooler);
    expect(await use(service, 'through-pgbouncer')).toEqual(WORKS);
  });
});

describe('schemas that an administrator made, for a user who may create none', () => {
  it('are used at the first start, and later without the right to create tables', async ({ skip }) => {
    if (!cluster) return skip('there is no PostgreSQL on this machine that could be changed');
    const { admin, url } = await aDatabase({ username: 'served' });
    await asAdministrator(
      admin,
      'create schema meniscus authorization dba',
      'create schema meniscus_jobs authorization dba',
      'grant usage, create on schema meniscus, meniscus_jobs to served',
    );
    const first = await start(url);
    expect(await use(first, 'first-start')).toEqual(WORKS);
    await first.stop();

    await asAdministrator(admin, 'revoke create on schema meniscus, meniscus_jobs from served');
    expect(await use(await start(url), 'second-start')).toEqual(WORKS);
  });
});

// These turn on TLS, so they come after the server without it.
describe('a server with a certificate', () => {
  beforeAll(async () => {
    if (!cluster) return;
    await asAdministrator(
      cluster.url,
      writeOnServer('server.key', readFileSync(join(TLS, 'vendor-key.pem'), 'utf8')),
      writeOnServer('server.crt', readFileSync(join(TLS, 'vendor.pem'), 'utf8')),
      'alter system set ssl = on',
      'select pg_reload_conf()',
    );
  });

  const authority = `sslrootcert=${TLS}authority.pem`;

  it.for<[string, Parameters<typeof aDatabase>[0], RegExp]>([
    ['of an unknown authority', { search: '?sslmode=verify-full' }, /unknown authority.*`sslrootcert=`/],
    [
      'for another host',
      { host: '[::ffff:127.0.0.1]', search: `?sslmode=verify-full&${authority}` },
      /for another host.*\(ERR_TLS_CERT_ALTNAME_INVALID\)/,
    ],
    [
      'with a key that is none',
      {
        search: `?sslmode=verify-full&${authority}&sslcert=${TLS}vendor.pem&sslkey=${TLS}authority.pem`,
      },
      /not the certificate or key.*\(ERR_OSSL_\w+\)/,
    ],
  ])('ends the start with one sentence: a certificate %s', async ([, parts, sentence], { skip }) => {
    if (!cluster) return skip('there is no PostgreSQL on this machine that could be changed');
    const { url } = await aDatabase(parts);
    expect(await refusalOf(url)).toMatch(sentence);
  });

  it('is used by a user who needs TLS, with its authority', async ({ skip }) => {
    if (!cluster) return skip('there is no PostgreSQL on this machine that could be changed');
    const { admin, url } = await aDatabase({
      username: 'tls_only',
      search: `?sslmode=verify-full&${authority}`,
    });
    const name = new URL(admin).pathname.slice(1);
    await asAdministrator(admin, `grant create on database ${name} to tls_only`);
    const service = await start(url);
    expect((await service.send('GET', '/health/ready')).status).toBe(200);
  });
});
