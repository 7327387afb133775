import { beforeAll, describe, expect, it } from 'vitest';
import { prepareDatabase } from '../../src/database/prepare-database.js';
import { anEnrollment } from '../builders/an-enrollment.js';
import { importsOf } from '../harness/imports.js';
import { until } from '../harness/until.js';
import { useDataFolder } from '../harness/use-folder.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const DATA_DIR = useDataFolder();
const PATH = '/v1/customers/stored-data';
const GONE = '919900000001';
const STAYS = '919900000002';

const sandbox = useSandbox();
beforeAll(() => sandbox.set({ unknownCustomer: 'register' }));
// Without DATA_KEYS the data is stored in plain text, so that the test can search it.
const service = useService(sandbox, {
  DATA_DIR,
  UPSTREAM_TIMEOUT_MS: '500',
  REQUEST_DEADLINE_MS: '1000',
  REQUIRE_IDEMPOTENCY_KEY_FOR_POINTS: 'false',
});
const imports = importsOf(() => service);

const identifiers = (value: string) => [{ type: 'mobile', value }];
const update = (value: string) => ({ identifiers: identifiers(value), loyaltyType: 'loyalty' });

const erase = (value: string, query = '') =>
  service.send('DELETE', `${PATH}${query}`, { identifiers: identifiers(value) });

const finished = async (id: string) =>
  until(
    async () => (await service.send('GET', `${PATH}/${id}`)).json,
    ({ state }: { state: string }) => state === 'finished',
    60_000,
  );

describe(`DELETE ${PATH}`, () => {
  it('erases a customer from all stored data, also across kills, and keeps other customers', async () => {
    const lines = [GONE, STAYS, GONE].map((value) => JSON.stringify(update(value)));
    const accepted = await imports.upload('kind=customers', lines.join('\n'));
    await imports.ended(accepted.json.id);
    const key = { 'Idempotency-Key': 'a-batch-with-both' };
    const batch = { customers: [update(GONE), update(STAYS)] };
    const first = await service.send('POST', '/v1/customers/batch', batch, key);
    expect(first.text).toContain(GONE);
    await sandbox.fault({ kind: 'reset-before' });
    const enrollment = anEnrollment({ identifiers: identifiers(GONE) });
    const inDoubt = await service.send('POST', '/v1/loyalty/enrollments', enrollment);
    expect(inDoubt).toMatchObject({ status: 504 });

    const asked = await erase(GONE);
    expect(asked).toMatchObject({ status: 202, json: { state: 'running', lines: 0 } });
    expect(asked.headers.get('location')).toBe(`${PATH}/${asked.json.id}`);
    expect(asked.text).not.toContain(GONE);
    await service.stop('SIGKILL');
    await service.start();
    await service.program.waitForEvent(({ event }) => event === 'erasure.begun', 60_000);
    await service.stop('SIGKILL');
    await service.start();

    expect(await finished(asked.json.id)).toMatchObject({ lines: 2, answers: 1, credits: 1 });
    const results = await imports.results(accepted.json.id);
    expect(results.map(({ line, outcome }) => [line, outcome])).toEqual([1, 2, 3].map((n) => [n, 'updated']));
    expect(JSON.stringify(results)).not.toContain(GONE);
    expect(results[1]).toMatchObject({ identifiers: expect.arrayContaining(identifiers(STAYS)) });

    await sandbox.forgetCalls();
    const again = await service.send('POST', '/v1/customers/batch', batch, key);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.text).not.toContain(GONE);
    expect(again.text).toContain(STAYS);
    expect(await sandbox.calls('bulk')).toEqual([]);

    const { json } = await service.send('GET', '/v1/loyalty/unknown-credits');
    expect(json.credits).toEqual([expect.not.objectContaining({ identifiers: expect.anything() })]);
    const { creditId } = inDoubt.json;
    const resolved = await service.send('POST', `/v1/loyalty/unknown-credits/${creditId}/resolve`, {
      resolution: 'not-applied',
      note: 'missing in the ledger',
    });
    expect(resolved).toMatchObject({
      status: 200,
      json: {
        credit: { state: 'resolved', resolution: 'not-applied' },
        outcome: { outcome: 'rejected', errors: [{ type: '/problems/customer-erased' }] },
      },
    });
    expect(await sandbox.calls('bulk')).toEqual([]);
    expect(await sandbox.ledger()).toEqual([]);
    expect(service.program.output()).not.toContain(GONE);

    await service.stop();
    const storage = await prepareDatabase({ DATA_DIR }, { write: () => undefined, fault: () => undefined });
    const { rows } = await storage.database.query<{ stored: string }>(
      `select concat((select json_agg(c) from meniscus.import_chunks c), (select json_agg(r) from meniscus.import_results r),
         (select json_agg(i) from meniscus.idempotency_records i), (select json_agg(c) from meniscus.credits c),
         (select json_agg(e) from meniscus.erasures e), (select json_agg(j) from meniscus_jobs.job j)) as stored`,
    );
    await storage.close();
    await service.start();
    expect(rows[0]?.stored).toContain(STAYS);
    expect(rows[0]?.stored).not.toContain(GONE);
  });

  it('rejects a waiting line of the customer instead of sending it', async () => {
    await sandbox.forgetCalls();
    await sandbox.set({ latencyMs: 20 });
    const lines = Array.from({ length: 5000 }, (_, index) =>
      JSON.stringify(update(String(917_000_000_000 + index))),
    );
    const { id } = (await imports.upload('kind=customers', lines.join('\n'))).json;
    await imports.act(id, 'pause');
    const last = String(917_000_000_000 + lines.length - 1);
    const erasure = (await erase(last)).json;
    await finished(erasure.id);
    await imports.act(id, 'resume');
    expect(await imports.ended(id, 60_000)).toMatchObject({ state: 'completed', rejected: 1, updated: 4999 });
    expect(await imports.results(id, '?outcome=rejected')).toMatchObject([
      { line: 5000, errors: [{ type: '/problems/customer-erased' }] },
    ]);
    expect(JSON.stringify(await sandbox.calls('bulk'))).not.toContain(last);
  });

  it.each([
    ['no body', undefined, ''],
    ['no identifier', { identifiers: [] }, ''],
    ['an identifier of an unknown type', { identifiers: [{ type: 'shoe', value: '42' }] }, ''],
    ['a source without its account', { identifiers: identifiers(GONE) }, '?source=WECHAT'],
  ])('refuses %s', async (_case, body, query) => {
    expect(await service.send('DELETE', PATH + query, body)).toMatchObject({ status: 400 });
  });

  it.each(['unknown', '00000000-0000-4000-8000-000000000000'])(
    'answers 404 for an unknown erasure: %s',
    async (id) => {
      expect(await service.send('GET', `${PATH}/${id}`)).toMatchObject({
        status: 404,
        json: { type: '/problems/erasure-not-found' },
      });
    },
  );
});
