import { randomBytes, randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeKey } from '../../src/security/api-key.js';
import { anEnrollment } from '../builders/an-enrollment.js';
import { NDJSON } from '../harness/imports.js';
import { createPreparedDatabase, serverUrl } from '../harness/databases.js';
import { type Answer, type Service, keyRecord, startService } from '../harness/service.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { until } from '../harness/until.js';

const [victim, thief] = [makeKey(), makeKey()];
const MOBILE = '919900000001';
const customer = { identifiers: [{ type: 'mobile', value: MOBILE }], loyaltyType: 'loyalty' };
const BROKEN = { status: 500, json: { type: '/problems/internal-error' } };

const sandbox = useSandbox();
let service: Service;
let database: Client;

const ask = (
  key: string,
  method: string,
  path: string,
  body?: unknown,
  named = randomUUID(),
): Promise<Answer> =>
  service.send(method, path, body, {
    Authorization: `Bearer ${key}`,
    'Idempotency-Key': named,
    ...(path.startsWith('/v1/imports?kind') && { 'Content-Type': NDJSON }),
  });

const write = async (text: string, ...values: unknown[]): Promise<void> => {
  expect((await database.query(text, values)).rowCount).toBe(1);
};

beforeAll(async () => {
  if (serverUrl === undefined) return;
  await sandbox.set({ unknownCustomer: 'register' });
  const DATABASE_URL = await createPreparedDatabase();
  const settings = {
    DATABASE_URL,
    DATA_KEYS: `2026:${randomBytes(32).toString('base64')}`,
    UPSTREAM_TIMEOUT_MS: '500',
    REQUEST_DEADLINE_MS: '2000',
  };
  service = await startService(sandbox.url, settings, [
    keyRecord(victim, { name: 'victim' }),
    keyRecord(thief, { name: 'thief' }),
  ]);
  database = new Client({ connectionString: DATABASE_URL });
  await database.connect();
});

afterAll(async () => {
  await database?.end();
  await service?.stop();
});

beforeEach((context) => {
  if (serverUrl === undefined) context.skip('there is no PostgreSQL on this machine');
});

describe('a caller that can write to the database', () => {
  it("cannot replay another caller's response, and nothing is sent", async () => {
    const [victims, own] = [randomUUID(), randomUUID()];
    const first = await ask(victim, 'PATCH', '/v1/customers', customer, victims);
    const other = { ...customer, identifiers: [{ type: 'mobile', value: '919900000002' }] };
    await ask(thief, 'PATCH', '/v1/customers', other, own);
    await write(
      `update meniscus.idempotency_records set body = (
         select body from meniscus.idempotency_records where key = $2) where key = $1`,
      own,
      victims,
    );
    await sandbox.forgetCalls();
    const stolen = await ask(thief, 'PATCH', '/v1/customers', other, own);
    expect(stolen).toMatchObject(BROKEN);
    expect(stolen.text).not.toContain(MOBILE);
    expect((await ask(victim, 'PATCH', '/v1/customers', customer, victims)).text).toBe(first.text);
    expect(await sandbox.calls('bulk')).toEqual([]);
    expect(service.program.events()).toContainEqual(
      expect.objectContaining({
        event: 'request.fault',
        fault: expect.objectContaining({ kind: 'DecryptionFailed', code: 'not-authentic' }),
      }),
    );
  });

  it('cannot change the points of a credit', async () => {
    const enrollment = anEnrollment({ identifiers: [{ type: 'mobile', value: MOBILE }] });
    await sandbox.fault({ kind: 'reset-before' });
    const { status, json } = await ask(thief, 'POST', '/v1/loyalty/enrollments', enrollment);
    expect(status).toBe(504);
    await write(
      `update meniscus.credits set payload = '{"points":999999,"customer":["mobile:${MOBILE}"]}' where id = $1`,
      json.creditId,
    );
    await sandbox.forgetCalls();
    const path = `/v1/loyalty/unknown-credits/${json.creditId}/resolve`;
    const resolution = { resolution: 'not-applied', note: 'looked up' };
    expect(await ask(thief, 'POST', path, resolution)).toMatchObject(BROKEN);
    expect(await sandbox.calls('bulk')).toEqual([]);
    expect(await sandbox.ledger()).toEqual([]);
  });

  it('cannot read the results of an import that it took over, nor have its lines sent', async () => {
    const { json } = await ask(victim, 'POST', '/v1/imports?kind=memberships', JSON.stringify(customer));
    await until(
      () => ask(victim, 'GET', `/v1/imports/${json.id}`),
      (seen) => seen.json.state === 'completed',
    );
    await sandbox.forgetCalls();
    // Resets the import, as if none of its lines had been sent and no process held it.
    await write('delete from meniscus.import_results where import_id = $1', json.id);
    await write(`update meniscus.import_chunks set state = 'waiting' where import_id = $1`, json.id);
    await write(
      `update meniscus.imports set principal = 'api-key:thief', state = 'queued', finished_at = null,
         touched_at = now() - interval '1 hour' where id = $1`,
      json.id,
    );
    for (const [method, path] of [
      ['GET', 'results'],
      ['POST', 'retry'],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const stolen = await ask(thief, method, `/v1/imports/${json.id}/${path}`);
      expect(stolen).toMatchObject(BROKEN);
      expect(stolen.text).not.toContain(MOBILE);
    }
    await service.program.waitForEvent(
      ({ event, importId }) => event === 'import.decryption-failed' && importId === json.id,
      60_000,
    );
    expect(await sandbox.calls('bulk')).toEqual([]);
  });
});
