import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SCOPES } from '../../src/security/scopes.js';
import { makeKey } from '../../src/security/api-key.js';
import { aCustomerUpdate } from '../builders/a-customer-update.js';
import { anEnrollment } from '../builders/an-enrollment.js';
import { createPreparedDatabase, serverUrl } from '../harness/databases.js';
import { importsOf } from '../harness/imports.js';
import { privateValuesIn } from '../harness/private-values.js';
import { type Answer, type Service, keyRecord, startService } from '../harness/service.js';
import { until } from '../harness/until.js';
import { useDataFolder } from '../harness/use-folder.js';
import { useSandbox } from '../harness/use-sandbox.js';

const [owner, other, watcher] = [makeKey(), makeKey(), makeKey()];
const plain = SCOPES.filter((scope) => !scope.startsWith('ops:'));
const KEYS = [
  keyRecord(owner, { name: 'owner', scopes: plain }),
  keyRecord(other, { name: 'other', scopes: plain }),
  keyRecord(watcher, { name: 'watcher', scopes: [...plain, 'ops:read'] }),
];

const sandbox = useSandbox({ resetBeforeEach: true });
const services = new Set<Service>();
let DATABASE_URL = '';

async function start(settings: Record<string, string> = {}): Promise<Service> {
  const service = await startService(
    sandbox.url,
    { DATABASE_URL, REQUIRE_IDEMPOTENCY_KEY_FOR_POINTS: 'false', ...settings },
    KEYS,
  );
  services.add(service);
  return service;
}

const customer = (number: number): object =>
  aCustomerUpdate({ identifiers: [{ type: 'mobile', value: String(919900100000 + number) }] });
const batch = (count: number): object => ({
  customers: Array.from({ length: count }, (_, number) => customer(number)),
});
const patch = (service: Service, requestId: string, key = owner): Promise<Answer> =>
  service.send('PATCH', '/v1/customers', customer(1), {
    Authorization: `Bearer ${key}`,
    'X-Request-Id': requestId,
  });
const ask = (service: Service, path: string, key = owner): Promise<Answer> =>
  service.send('GET', `/v1/updates${path}`, undefined, { Authorization: `Bearer ${key}` });
const explain = (service: Service, id: string, key = owner): Promise<Answer> =>
  ask(service, `/${encodeURIComponent(id)}`, key);

/** Asks an instance that did not deliver the update, until it finds it in the database. */
const found = (service: Service, id: string, key = owner): Promise<Answer> =>
  until(
    () => explain(service, id, key),
    ({ status }) => status === 200,
  );

async function inDatabase<Row>(text: string): Promise<Row[]> {
  const client = new Client({ connectionString: DATABASE_URL });
  await client.connect();
  const { rows } = await client.query(text);
  await client.end();
  return rows as Row[];
}

async function rowCount(): Promise<number> {
  const [row] = await inDatabase<{ count: number }>(
    'select count(*)::int as count from meniscus.explanations',
  );
  return row?.count ?? -1;
}

const updateIdsOf = ({ json }: Answer): string[] =>
  json.updates.map(({ id }: { readonly id: string }) => id).toSorted();

interface ListedStep {
  readonly event: string;
  readonly callId: string;
  readonly upstreamRequestId: string;
}

function answeredStep({ json }: Answer): ListedStep {
  const step = json.steps.find(({ event }: ListedStep) => event === 'answered');
  if (!step) throw new Error('it has no answer');
  return step;
}

beforeEach(async () => {
  await sandbox.set({ unknownCustomer: 'register' });
});

describe.skipIf(serverUrl === undefined)('two instances on one database', () => {
  let one: Service;
  let two: Service;

  beforeAll(async () => {
    DATABASE_URL = await createPreparedDatabase();
    one = await start();
    two = await start();
  });

  afterAll(async () => {
    await Promise.all([...services].map((service) => service.stop()));
    services.clear();
  });

  it('explain an update that the other one delivered, by each of its ids', async () => {
    const { json } = await patch(one, 'order-1');
    const own = await explain(one, json.updateId);
    expect(own.json).toMatchObject({ id: json.updateId, outcome: 'updated', requestId: 'order-1' });
    const { callId, upstreamRequestId } = answeredStep(own);
    expect(upstreamRequestId).toBe(json.upstreamRequestId);
    for (const id of [json.updateId, 'order-1', callId, upstreamRequestId]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect((await found(two, id)).json).toEqual(own.json);
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect((await explain(one, id)).json).toEqual(own.json);
    }
    expect((await explain(two, randomUUID())).json.type).toBe('/problems/explanation-not-found');
  });

  it('find nothing under an id that the database could not hold', async () => {
    expect((await ask(one, '/%00')).json.type).toBe('/problems/explanation-not-found');
    expect((await ask(one, '?id=a%00b')).json).toMatchObject({ updates: [], hasMore: false });
  });

  it('show an update to its principal and to ops:read only, whichever id is asked for', async () => {
    const { json } = await patch(one, 'order-2');
    const { callId, upstreamRequestId } = answeredStep(await explain(one, json.updateId));
    for (const id of [json.updateId, 'order-2', callId, upstreamRequestId]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await found(two, id);
      for (const service of [one, two]) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        expect((await explain(service, id, other)).status).toBe(404);
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        expect(updateIdsOf(await ask(service, `?id=${id}`, other))).toEqual([]);
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        expect((await explain(service, id, watcher)).status).toBe(200);
      }
    }
    for (const service of [one, two]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(updateIdsOf(await ask(service, '?limit=100', other))).not.toContain(json.updateId);
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(updateIdsOf(await ask(service, '?limit=100', watcher))).toContain(json.updateId);
    }
  });

  it('keep apart the updates of two principals under one request id', async () => {
    const [mine, theirs] = [await patch(one, 'same-id'), await patch(one, 'same-id', other)];
    await found(two, theirs.json.updateId, other);
    for (const service of [one, two]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect((await explain(service, 'same-id')).json.id).toBe(mine.json.updateId);
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect((await explain(service, 'same-id', other)).json.id).toBe(theirs.json.updateId);
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect((await explain(service, 'same-id', watcher)).json.updates).toHaveLength(2);
    }
  });

  it('list the updates of a batch under its request id, up to a bound, and each under its own', async () => {
    const headers = { Authorization: `Bearer ${owner}`, 'X-Request-Id': 'batch-1' };
    const { json } = await one.send('POST', '/v1/customers/batch', batch(150), headers);
    const ids: string[] = json.outcomes.map(({ updateId }: { readonly updateId: string }) => updateId);
    const last = await found(two, ids.at(-1) ?? '');
    expect(last.json).toMatchObject({ id: ids.at(-1), requestId: 'batch-1' });
    for (const service of [one, two]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const listed = await explain(service, 'batch-1');
      expect(listed.json).toMatchObject({ hasMore: true, isComplete: true });
      expect(new Set(updateIdsOf(listed)).size).toBe(100);
      expect(ids).toEqual(expect.arrayContaining(updateIdsOf(listed)));
    }
    // The lines of one call share a row.
    const rows = await inDatabase<{ count: number }>(
      `select cardinality(update_ids) as count from meniscus.explanations where 'batch-1' = any(found_by)`,
    );
    expect(rows.length).toBeLessThan(20);
    expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(150);
  });

  it('explain the lines of an import by the ids in its results, and list them by its id', async () => {
    const imports = importsOf(() => one);
    const lines = Array.from({ length: 5 }, (_, number) => JSON.stringify(customer(number))).join('\n');
    const { json } = await imports.upload('kind=customers', `${lines}\n`);
    await imports.ended(json.id);
    for (const { updateId } of await imports.results(json.id)) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      for (const service of [one, two]) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        const { json: explanation } = await found(service, String(updateId), watcher);
        expect(explanation).toMatchObject({ importId: json.id, priority: 'background', outcome: 'updated' });
      }
    }
    const listed = await ask(two, `?id=${json.id}`, watcher);
    expect(listed.json.updates).toHaveLength(5);
    expect((await ask(two, `?id=${json.id}`, other)).json.updates).toEqual([]);
  });

  it('show a late answer after the outcome', async () => {
    await sandbox.fault({ kind: 'latency', ms: 1500 });
    const { status, json } = await one.send('PATCH', '/v1/customers', customer(7), {
      Authorization: `Bearer ${owner}`,
      'Request-Timeout': '0.5',
    });
    expect(status).toBe(504);
    const { json: explanation } = await until(
      () => explain(two, json.updateId),
      (seen) => seen.status === 200 && seen.json.steps.at(-1).event !== 'settled',
    );
    expect(explanation).toMatchObject({ outcome: 'unknown' });
    expect(explanation.steps.map(({ event }: ListedStep) => event)).toEqual([
      'sent',
      'settled',
      'answered',
      'classified',
    ]);
    const first = await explain(one, json.updateId);
    expect(first.json).toEqual(explanation);
  });

  it('list the latest updates first, and by their outcome', async () => {
    const before = await patch(one, 'list-1');
    const rejection = {
      kind: 'item-error',
      match: { type: 'mobile', value: '919900100001' },
      code: 8015,
      message: 'there is none',
    };
    await sandbox.fault(rejection);
    const rejected = await patch(one, 'list-2');
    expect(rejected.status).toBe(404);
    const after = await patch(two, 'list-3');
    await found(two, 'list-2');
    await found(one, 'list-3');
    for (const service of [one, two]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const { json } = await ask(service, '?limit=3');
      expect(json.updates.map(({ requestId }: { requestId: string }) => requestId)).toEqual([
        'list-3',
        'list-2',
        'list-1',
      ]);
      expect(json).toMatchObject({ hasMore: true, isComplete: true });
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const only = await ask(service, '?outcome=rejected');
      expect(updateIdsOf(only)).toEqual([rejected.json.updateId]);
    }
    expect(before.json.outcome).toBe(after.json.outcome);
    const refused = await ask(one, '?limit=101&outcome=odd');
    expect(refused.status).toBe(400);
    expect(refused.json.errors.map(({ parameter }: { parameter: string }) => parameter).toSorted()).toEqual([
      'limit',
      'outcome',
    ]);
  });

  it('log ids that lead from a request to its calls, and back', async () => {
    const headers = { 'X-Request-Id': 'joined-1' };
    const { json } = await one.send('POST', '/v1/customers/batch', batch(15), headers);
    const ids: string[] = json.outcomes.map(({ updateId }: { readonly updateId: string }) => updateId);
    const { callIds } = (await one.program.waitForEvent(
      ({ event, requestId }) => event === 'request.completed' && requestId === 'joined-1',
    )) as { callIds: string[] };
    expect(callIds.length).toBeGreaterThan(0);
    const calls = one.program
      .events()
      .filter(({ event, callId }) => event === 'bulk-call.answered' && callIds.includes(String(callId)));
    expect(calls).toHaveLength(callIds.length);
    for (const { updateIds, itemCount } of calls as { updateIds: string[]; itemCount: number }[]) {
      expect(updateIds).toHaveLength(Math.min(itemCount, 10));
      expect(ids).toEqual(expect.arrayContaining(updateIds));
    }
  });

  it('store no personal data', async () => {
    const identifiers = [
      { type: 'mobile', value: '919900000001' },
      { type: 'email', value: 'asha.rao@example.com' },
    ];
    const quote = {
      kind: 'vendor-error',
      status: 400,
      code: 400,
      message: 'No customer Asha <asha.rao@example.com>',
    };
    const requests: [string, string, unknown][] = [
      ['PATCH', '/v1/customers', aCustomerUpdate({ identifiers, firstName: 'Asha' })],
      ['POST', '/v1/customers/batch', { customers: [aCustomerUpdate({ identifiers, firstName: 'Asha' })] }],
      ['PUT', '/v1/loyalty/membership', { identifiers, loyaltyType: 'loyalty' }],
      ['POST', '/v1/loyalty/enrollments', anEnrollment({ identifiers, loyaltyPoints: 7 })],
      ['PATCH', '/v1/customers', aCustomerUpdate({ identifiers, lastName: 'Sawyer' })],
    ];
    for (const [index, [method, path, body]] of requests.entries()) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      if (index === requests.length - 1) await sandbox.fault(quote);
      const headers = { Authorization: `Bearer ${owner}`, 'X-Request-Id': `private-${index}` };
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await one.send(method, path, body, headers);
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await found(two, `private-${index}`);
    }
    const rows = await inDatabase('select * from meniscus.explanations');
    const listed = await ask(two, '?limit=100');
    expect(rows.length).toBeGreaterThan(requests.length);
    expect(privateValuesIn(JSON.stringify(rows) + listed.text)).toEqual([]);
    expect(JSON.stringify(rows)).not.toMatch(/9199\d{8}/);
  });
});

describe.skipIf(serverUrl === undefined)('an instance', () => {
  beforeEach(async () => {
    DATABASE_URL = await createPreparedDatabase();
  });

  afterEach(async () => {
    await Promise.all([...services].map((service) => service.stop()));
    services.clear();
  });

  it('stores the explanations of its last second before it ends', async () => {
    const service = await start();
    const answers = [await patch(service, 'last-1'), await patch(service, 'last-2')];
    await service.stop();
    const next = await start();
    for (const { json } of answers) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect((await explain(next, json.updateId)).json).toMatchObject({ outcome: 'updated' });
    }
  });

  it('loses what it has not written when it is killed, and nothing else', async () => {
    const [service, reader] = [await start(), await start()];
    const { json: written } = await patch(service, 'written');
    await found(reader, 'written');
    await patch(service, 'last');
    await service.stop('SIGKILL');
    const next = await start();
    expect((await explain(next, 'written')).json.id).toBe(written.updateId);
    expect([200, 404]).toContain((await explain(next, 'last')).status);
  });

  it('neither shows nor keeps explanations beyond their retention', async () => {
    const service = await start();
    const { json } = await patch(service, 'short');
    await service.stop();
    expect(await rowCount()).toBe(1);
    const next = await start({ EXPLANATION_RETENTION_MS: '1000' });
    await until(
      () => explain(next, json.updateId),
      ({ status }) => status === 404,
    );
    await until(rowCount, (count) => count === 0);
    const { json: mine } = await patch(next, 'in-memory');
    await until(
      () => explain(next, mine.updateId),
      ({ status }) => status === 404,
    );
  });

  it('stores no more rows than its bound, and removes the oldest', async () => {
    const service = await start();
    const answers: Answer[] = [];
    for (let number = 0; number < 130; number += 1) {
      // oxlint-disable-next-line no-await-in-loop -- in their order
      answers.push(await patch(service, `row-${number}`));
    }
    await service.stop();
    expect(await rowCount()).toBe(130);
    const next = await start({ EXPLANATION_MAX_ROWS: '100' });
    await until(rowCount, (count) => count === 100);
    expect((await explain(next, answers[29]?.json.updateId)).status).toBe(404);
    expect((await explain(next, answers[30]?.json.updateId)).status).toBe(200);
  });
});

describe('the embedded database', () => {
  const DATA_DIR = useDataFolder();

  it('keeps explanations over a restart', async () => {
    const service = await start({ DATABASE_URL: '', DATA_DIR });
    const { json } = await patch(service, 'embedded-1');
    const before = await explain(service, json.updateId);
    await service.stop();
    const next = await start({ DATABASE_URL: '', DATA_DIR });
    for (const id of [json.updateId, 'embedded-1', json.upstreamRequestId]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect((await explain(next, id)).json).toEqual(before.json);
    }
    expect(updateIdsOf(await ask(next, ''))).toEqual([json.updateId]);
    await next.stop();
  });
});
