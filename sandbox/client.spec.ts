import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SandboxClient } from './client.ts';
import { item, runSandbox } from './run-sandbox.ts';
import type { RunningSandbox } from './run-sandbox.ts';
import type { JsonObject } from './shape.ts';

let sandbox: RunningSandbox;
let client: SandboxClient;
beforeAll(async () => {
  sandbox = await runSandbox();
  client = new SandboxClient(`${sandbox.url}/`);
});
beforeEach(() => client.reset());
afterAll(() => sandbox.stop());

const asha = 'mobile:919900000001';
const points = (loyaltyPoints: number): JsonObject => ({
  loyaltyProgramEnrollments: [{ programId: 1016, tierNumber: 1, loyaltyPoints }],
});
const byEmail = (more: JsonObject = {}): JsonObject => ({
  ...item('01', more),
  profiles: [{ identifiers: [{ type: 'email', value: 'Asha.Rao@example.com' }] }],
});

describe('updatesOf', () => {
  it('counts what was sent, applied and credited, by any identifier of the customer', async () => {
    await sandbox.put([item('01', points(5)), item('03')]);
    await sandbox.put([byEmail(points(7))]);
    await sandbox.put([item('99')]);
    const calls = (await client.journal()).map(({ id }) => id);
    const twice = { sent: 2, applied: 2, credits: 2, points: 12, calls: calls.slice(0, 2), complete: true };
    expect(await client.updatesOf(asha)).toEqual(twice);
    expect(await client.updatesOf('email:ASHA.RAO@example.com')).toEqual(twice);
    expect(await client.updatesOf('externalId:EXT-1')).toEqual(twice);
    expect(await client.updatesOf('mobile:919900000003')).toMatchObject({ sent: 1, applied: 1, credits: 0 });
    expect(await client.updatesOf('mobile:919900000099')).toMatchObject({ sent: 1, applied: 0, credits: 0 });
    expect(await client.updatesOf('mobile:919900000004')).toMatchObject({ sent: 0, applied: 0, calls: [] });
  });

  it('counts an item that was not applied, and a refused call, as sent only', async () => {
    await client.addFaults({
      kind: 'item-error',
      match: { type: 'mobile', value: '919900000001' },
      code: 8888,
      message: 'no',
    });
    await sandbox.put([item('01'), item('03')]);
    await sandbox.put([item('01')], 'source=INSTORE', { authorization: '' });
    expect(await client.updatesOf(asha)).toMatchObject({ sent: 2, applied: 0 });
    expect(await client.updatesOf(asha, { status: 401 })).toMatchObject({ sent: 1, applied: 0 });
  });

  it('separates sources when asked, and does not count a parent that is only named', async () => {
    const parent = { profiles: [{ identifiers: [{ type: 'mobile', value: '919900000001' }] }] };
    await sandbox.put([item('03', { associationDetails: { parentCustomer: parent } })]);
    expect(await client.updatesOf(asha)).toMatchObject({ sent: 0 });
    expect(await client.journal({ customer: asha })).toHaveLength(1);
    await sandbox.put([item('01')]);
    expect(await client.updatesOf(asha, { source: 'INSTORE' })).toMatchObject({ sent: 1 });
    expect(await client.updatesOf(asha, { source: 'WECHAT' })).toMatchObject({ sent: 0 });
  });
});

describe('the journal', () => {
  it('is read in pages, also while it grows', async () => {
    for (let count = 0; count < 5; count++) await sandbox.put([item('01')]);
    const pages = client.journalPages({ kind: 'bulk' }, 2);
    const seqs: number[][] = [];
    for await (const page of pages) {
      if (seqs.length === 0) await sandbox.put([item('01')]);
      seqs.push(page.map(({ seq }) => seq));
    }
    expect(seqs).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect(await client.journal()).toHaveLength(6);
  });

  it('is searched and counted by kind, request, status, source and customer', async () => {
    await sandbox.requestToken();
    await sandbox.put([item('01'), item('99')], 'source=INSTORE', { 'x-request-id': 'r-1' });
    await sandbox.put([item('03')], 'source=SHOP');
    await client.addFaults({ kind: 'reset-after' });
    await sandbox.put([item('03')]).catch(() => 'lost');
    const [token, first, , lost] = await client.journal();
    expect(await client.journal({ kind: 'token' })).toEqual([token]);
    expect(await client.journal({ requestId: 'r-1' })).toEqual([first]);
    expect(await client.journal({ requestId: first?.id ?? '' })).toEqual([first]);
    expect(await client.journal({ status: 'none' })).toEqual([lost]);
    expect(await client.journal({ customer: 'mobile:919900000003', source: 'INSTORE' })).toEqual([lost]);
    expect(await client.countCalls()).toEqual({
      calls: 4,
      byKind: { bulk: 3, token: 1, children: 0 },
      byStatus: { 200: 1, 201: 1, 400: 1, none: 1 },
      items: 4,
      applied: 2,
      complete: true,
    });
    expect(await client.countCalls({ status: 201 })).toMatchObject({ calls: 1, items: 2, applied: 1 });
  });

  it.each([
    ['/journal?customr=a', 'customr is an unknown parameter; there are kind, customer'],
    ['/journal?kind=all', 'kind must be one of bulk, token, children'],
    ['/journal/counts?status=20', 'status must be a status'],
    ['/journal?customer=919900000001', 'customer must be a type and a value'],
    ['/journal/updates', 'customer is missing'],
    ['/journal/page?limit=0', 'limit must be an integer from 1 to 1000'],
    ['/journal/page?after=x', 'after must be the seq of a call'],
    ['/journal?after=1', 'after is an unknown parameter'],
  ])('names the mistake in %s', async (path, message) => {
    const { status, json } = await sandbox.send('GET', `/_sandbox${path}`);
    expect(status).toBe(400);
    expect((json as { error: string }).error).toContain(message);
  });
});

describe(SandboxClient, () => {
  it('has a method for everything that the admin API does', async () => {
    expect(await client.state()).toMatchObject({ customers: 22, calls: 0, faults: 0 });
    expect(
      await client.addCustomers({ source: 'INSTORE', identifiers: [{ type: 'a', value: 'b' }] }),
    ).toMatchObject([{ source: 'INSTORE' }]);
    expect(await client.customers({ source: 'INSTORE', identifier: 'a:b' })).toHaveLength(1);
    const [fault] = await client.addFaults({ kind: 'hang' }, { kind: 'html', times: -1 });
    await client.removeFault(fault?.id ?? '');
    expect(await client.faults()).toMatchObject([{ kind: 'html', status: 502, times: -1 }]);
    await client.clearFaults();
    expect(await client.faults()).toEqual([]);
    expect(await client.changeSettings({ latencyMs: 1 })).toEqual(await client.settings());
    await sandbox.put([item('01', points(3))]);
    expect(await client.ledger()).toMatchObject([{ points: 3 }]);
    await client.clearJournal();
    expect(await client.journal()).toEqual([]);
    expect(await client.expireTokens()).toBe(0);
  });

  it('throws what the sandbox says', async () => {
    await expect(client.removeFault('77')).rejects.toThrow('DELETE /faults/77: 404 there is no fault 77');
    await expect(client.changeSettings({ maxBatch: 0 })).rejects.toMatchObject({
      name: 'SandboxError',
      status: 400,
    });
  });
});
