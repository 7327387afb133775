import { createHmac, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeKey } from '../../src/security/api-key.js';
import { writeKeysFile } from '../../src/security/keys-file.js';
import { aCustomerUpdate } from '../builders/a-customer-update.js';
import { anEnrollment } from '../builders/an-enrollment.js';
import { startProgram } from '../harness/child-program.js';
import { API_KEYS_FILE, keyRecord, startService } from '../harness/service.js';
import { until } from '../harness/until.js';
import { useFolder } from '../harness/use-folder.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const LOG_HASH_KEY = 'the-same-for-all-instances-of-this-test';
const hashOf = (key: string): string =>
  createHmac('sha256', LOG_HASH_KEY).update(`INSTORE\n\n${key}`).digest('hex').slice(0, 16);

const folder = useFolder();
const auditFile = join(folder, 'audit.log');
const [app, reader] = [makeKey(), makeKey()];
const asApp = { Authorization: `Bearer ${app}` };

const sandbox = useSandbox({ resetBeforeEach: true });
const service = useService(
  sandbox,
  { AUDIT_LOG_FILE: auditFile, LOG_HASH_KEY, UPSTREAM_TIMEOUT_MS: '1000' },
  [keyRecord(app, { name: 'app' }), keyRecord(reader, { name: 'reader', scopes: ['ops:read'] })],
);

type AuditEvent = Record<string, unknown>;

function audited(file = auditFile): AuditEvent[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AuditEvent);
}

/** Sends a request and returns its response and the audit events that it left. */
async function leavesOf(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<{ events: AuditEvent[]; json: Record<string, unknown> }> {
  const requestId = `r-${randomUUID()}`;
  const { json } = await service.send(method, path, body, {
    ...asApp,
    'X-Request-Id': requestId,
    ...headers,
  });
  const events = audited().filter((event) => event['requestId'] === requestId);
  return { events, json: json as Record<string, unknown> };
}

const ashas = [hashOf('mobile:919900000001')];

describe('a write', () => {
  it('leaves one event with principal, endpoint, customer hash, outcome and request id of the vendor', async () => {
    const { events, json } = await leavesOf('PATCH', '/v1/customers', aCustomerUpdate());
    expect(events).toEqual([
      {
        level: 30,
        time: expect.any(Number) as number,
        service: 'meniscus',
        audit: true,
        event: 'write.answered',
        requestId: expect.any(String) as string,
        principal: 'api-key:app',
        method: 'PATCH',
        endpoint: '/v1/customers',
        status: 200,
        itemCount: 1,
        customers: ashas,
        updated: 1,
        rejected: 0,
        failed: 0,
        unknown: 0,
        upstreamRequestIds: [json['upstreamRequestId']],
      },
    ]);
    const completed = await service.program.waitForEvent(
      ({ event, requestId }) => event === 'request.completed' && requestId === events[0]?.['requestId'],
    );
    expect(completed).toMatchObject({
      customers: ashas,
      itemCount: 1,
      updated: 1,
      updateId: json['updateId'],
    });
  });

  it('leaves one event for a batch, with at most ten hashes', async () => {
    const customers = Array.from({ length: 12 }, (_, index) =>
      aCustomerUpdate({ identifiers: [{ type: 'externalId', value: `AUDIT-${index}` }] }),
    );
    const { events } = await leavesOf('POST', '/v1/customers/batch', { customers });
    expect(events).toMatchObject([{ endpoint: '/v1/customers/batch', itemCount: 12, status: 207 }]);
    expect(events[0]?.['customers']).toHaveLength(10);
  });

  it.each<[string, string, string, unknown, Record<string, string>, object]>([
    ['that is not valid', 'PATCH', '/v1/customers', {}, {}, { status: 400, problem: 'invalid-request' }],
    [
      'that the vendor rejects',
      'PATCH',
      '/v1/customers',
      aCustomerUpdate({ identifiers: [{ type: 'mobile', value: '910000000000' }] }),
      {},
      { status: 404, problem: 'customer-not-found', rejected: 1 },
    ],
    [
      'to an unknown resource',
      'POST',
      '/v1/imports/00000000-0000-4000-8000-000000000000/cancel',
      undefined,
      {},
      { problem: 'import-not-found', target: '00000000-0000-4000-8000-000000000000' },
    ],
    [
      'to an id that is not a UUID',
      'POST',
      '/v1/imports/919900000001/cancel',
      undefined,
      {},
      { problem: 'import-not-found', endpoint: '/v1/imports/:id/cancel' },
    ],
  ])('leaves one event: %s', async (_case, method, path, body, headers, expected) => {
    const { events } = await leavesOf(method, path, body, headers);
    expect(events).toMatchObject([{ event: 'write.answered', principal: 'api-key:app', ...expected }]);
    expect(JSON.stringify(events)).not.toContain('919900000001');
  });

  it('leaves one event when its answer is replayed', async () => {
    const key = { 'Idempotency-Key': randomUUID() };
    await leavesOf('PATCH', '/v1/customers', aCustomerUpdate(), key);
    const { events } = await leavesOf('PATCH', '/v1/customers', aCustomerUpdate(), key);
    expect(events).toMatchObject([{ event: 'write.answered', replayed: true, status: 200 }]);
    expect(events[0]).not.toHaveProperty('updated');
  });

  it('leaves its event when the caller disconnected', async () => {
    await sandbox.fault({ kind: 'latency', ms: 600 });
    const gone = new AbortController();
    const requestId = `r-${randomUUID()}`;
    const sent = fetch(`${service.url}/v1/customers`, {
      method: 'PATCH',
      headers: { ...asApp, 'Content-Type': 'application/json', 'X-Request-Id': requestId },
      body: JSON.stringify(aCustomerUpdate()),
      signal: gone.signal,
    }).catch(() => undefined);
    await sandbox.called();
    gone.abort();
    await sent;
    const eventOf = () => audited().find((event) => event['requestId'] === requestId);
    expect(await until(eventOf)).toMatchObject({ updated: 1, customers: ashas });
  });

  it.each([
    ['a dry run', 'PATCH', '/v1/customers?dryRun=true', aCustomerUpdate()],
    ['a read', 'GET', '/v1/imports', undefined],
    ['a search', 'POST', '/v1/hierarchy/children/search', { company: { externalId: 'x' } }],
    ['health', 'GET', '/health/live', undefined],
  ])('leaves no event when nothing is written: %s', async (_case, method, path, body) => {
    expect((await leavesOf(method, path, body)).events).toEqual([]);
  });
});

describe('a credit in doubt', () => {
  it('leaves one event when an operator resolves it', async () => {
    await sandbox.fault({ kind: 'reset-after' });
    const { json, events: doubt } = await leavesOf('POST', '/v1/loyalty/enrollments', anEnrollment(), {
      'Idempotency-Key': randomUUID(),
    });
    expect(doubt).toMatchObject([{ unknown: 1, problem: 'outcome-unknown' }]);
    const { events } = await leavesOf(
      'POST',
      `/v1/loyalty/unknown-credits/${String(json['creditId'])}/resolve`,
      {
        resolution: 'applied',
        note: 'seen with the vendor',
      },
    );
    expect(events).toMatchObject([
      {
        endpoint: '/v1/loyalty/unknown-credits/:id/resolve',
        target: json['creditId'],
        because: 'applied',
        customers: ashas,
      },
    ]);
  });
});

describe('an erasure', () => {
  it('leaves one event, with a hash of the customer', async () => {
    const body = { identifiers: [{ type: 'mobile', value: '919900000001' }] };
    const { json, events } = await leavesOf('DELETE', '/v1/customers/stored-data', body);
    expect(events).toMatchObject([
      { endpoint: '/v1/customers/stored-data', status: 202, target: json['id'], customers: ashas },
    ]);
  });
});

describe('an import', () => {
  it('leaves an event when it is accepted, for each action, and when it ends', async () => {
    const lines = `${JSON.stringify(aCustomerUpdate())}\n`;
    const { events, json } = await leavesOf('POST', '/v1/imports?kind=customers', lines, {
      'Content-Type': 'application/x-ndjson',
    });
    const importId = json['id'];
    expect(events).toMatchObject([{ endpoint: '/v1/imports', status: 202, importId, itemCount: 1 }]);
    const ends = () =>
      audited().filter((event) => event['event'] === 'import.ended' && event['importId'] === importId);
    await until(() => ends().length > 0);
    expect(ends()).toMatchObject([
      { principal: 'api-key:app', because: 'completed', itemCount: 1, updated: 1, failed: 0 },
    ]);
    // An action has no dry run, so the parameter does not suppress the event.
    const { events: actions } = await leavesOf('POST', `/v1/imports/${String(importId)}/pause?dryRun=true`);
    expect(actions).toMatchObject([{ target: importId, problem: 'import-state' }]);
  });
});

describe('a refusal of access', () => {
  it.each([
    ['an unknown key', makeKey(), { status: 401, problem: 'unauthenticated' }],
    ['no scope', reader, { status: 403, problem: 'insufficient-scope', principal: 'api-key:reader' }],
  ])('leaves one event without the address or the key: %s', async (_case, key, expected) => {
    const { events } = await leavesOf('GET', '/v1/imports', undefined, { Authorization: `Bearer ${key}` });
    expect(events).toMatchObject([
      {
        event: 'access.refused',
        method: 'GET',
        endpoint: '/v1/imports',
        address: expect.stringMatching(/^[\da-f]{16}$/) as string,
        ...expected,
      },
    ]);
    expect(JSON.stringify(events)).not.toMatch(/127\.0\.0\.1|mns_/);
  });
});

describe('the file', () => {
  it('is readable by its owner only, and reopened on SIGHUP', async () => {
    expect(statSync(auditFile).mode & 0o777).toBe(0o600);
    const rotated = join(folder, 'audit.log.1');
    renameSync(auditFile, rotated);
    const before = audited(rotated).length;
    service.program.process.kill('SIGHUP');
    await until(() => existsSync(auditFile));
    expect((await leavesOf('PATCH', '/v1/customers', aCustomerUpdate())).events).toHaveLength(1);
    expect(audited(rotated)).toHaveLength(before);
  });

  it('keeps the service from starting when it cannot be written', async () => {
    const settings = {
      API_KEYS_FILE,
      AUDIT_LOG_FILE: join(folder, 'nowhere', 'audit.log'),
      UPSTREAM_BASE_URL: sandbox.url,
      UPSTREAM_OAUTH_KEY: 'k',
      UPSTREAM_OAUTH_SECRET: 's',
    };
    const program = startProgram('dist/src/main.js', settings, (cwd) => {
      writeKeysFile(join(cwd, API_KEYS_FILE), []);
    });
    expect(await program.ended).toBe(1);
    expect(program.output()).toContain('AUDIT_LOG_FILE names a file that cannot be written');
    expect(program.output()).not.toMatch(/\n\s+at /);
  });

  it('receives delayed events once a full disk has space again, and readiness is 503 until then', async () => {
    const link = join(folder, 'linked.log');
    const whole = join(folder, 'whole.log');
    symlinkSync('/dev/full', link);
    const full = await startService(sandbox.url, { AUDIT_LOG_FILE: link });
    expect((await full.send('PATCH', '/v1/customers', aCustomerUpdate())).status).toBe(200);
    const ready = await full.send('GET', '/health/ready');
    expect([ready.status, ready.json.reasons]).toEqual([
      503,
      {
        audit:
          'audit events cannot be written; free the disk of AUDIT_LOG_FILE, or start the reader of standard output',
      },
    ]);

    rmSync(link);
    symlinkSync(whole, link);
    full.program.process.kill('SIGHUP');
    await full.program.waitForEvent(({ event }) => event === 'audit.written-again');
    expect((await full.send('GET', '/health/ready')).status).toBe(200);
    expect(audited(whole)).toMatchObject([{ event: 'write.answered', endpoint: '/v1/customers' }]);
    await full.stop();
  });

  it('defaults to standard output, with events marked as audit', async () => {
    const plain = await startService(sandbox.url);
    await plain.send('PATCH', '/v1/customers', aCustomerUpdate());
    const event = await plain.program.waitForEvent(({ audit }) => audit === true);
    expect(event).toMatchObject({ event: 'write.answered', principal: 'api-key:test' });
    await plain.stop();
  });
});
