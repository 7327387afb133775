import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { aCustomerUpdate } from '../builders/a-customer-update.js';
import { EMBEDDED, startService } from '../harness/service.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const sandbox = useSandbox({ resetBeforeEach: true });
const service = useService(sandbox, EMBEDDED);

const mobile = (last: number): string => `9199000000${String(last).padStart(2, '0')}`;
const identifiedBy = (value: string): Record<string, unknown> =>
  aCustomerUpdate({ identifiers: [{ type: 'mobile', value }] });

describe('PATCH /v1/customers', () => {
  it('updates the customer at the vendor and answers with the outcome', async () => {
    const answer = await service.send('PATCH', '/v1/customers', aCustomerUpdate({ lastName: 'Rao-Iyer' }));

    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ outcome: 'updated', warnings: [], children: [], attempts: 1 });
    expect(answer.json.identifiers).toContainEqual({ type: 'mobile', value: mobile(1) });
    const [call] = await sandbox.calls('bulk');
    expect(answer.json.upstreamRequestId).toBe(call?.id);
    expect(answer.headers.get('x-request-id')).toMatch(/./);
    expect(await sandbox.customer(`mobile:${mobile(1)}`)).toMatchObject({ lastName: 'Rao-Iyer' });
  });

  it("sends the vendor's PUT sample, apart from the association", async () => {
    const answer = await service.send('PATCH', '/v1/customers?source=WECHAT&accountId=WECHAT-CM', {
      identifiers: [
        { type: 'mobile', value: '915905000000' },
        { type: 'cuid', value: 'cuid_915905000000' },
        { type: 'unionId', value: 'unionId_915905000000' },
      ],
      firstName: 'Tom',
      lastName: 'Sawyer',
      commChannels: [
        { type: 'mobile', value: '915905000000', primary: true, verified: true },
        { type: 'email', value: '915905000000@mail.com', primary: true, verified: true },
      ],
      extendedFields: { gender: 'Male', city: 'city_6878387' },
      loyaltyType: 'loyalty',
    });

    expect(answer.status).toBe(200);
    const sample = JSON.parse(
      readFileSync(new URL('../samples/bulk-put-association.request.json', import.meta.url), 'utf8'),
    ) as Record<string, unknown>[];
    delete sample[0]?.['associationDetails'];
    delete sample[0]?.['referralCode'];
    const [call] = await sandbox.calls('bulk');
    expect(JSON.stringify(call?.body)).toBe(JSON.stringify(sample));
    expect(call?.query).toEqual({ source: 'WECHAT', accountId: 'WECHAT-CM' });
  });

  it('posts on behalf of the till that the query names', async () => {
    await service.send('PATCH', '/v1/customers?attributionCode=till-7', aCustomerUpdate());
    await service.send(
      'PATCH',
      '/v1/customers?attributionType=STORE_CODE&attributionCode=store%209',
      aCustomerUpdate(),
    );

    expect(await sandbox.calls('bulk')).toMatchObject([
      { attribution: { entityType: 'TILL', entityCode: 'till-7' } },
      { attribution: { entityType: 'STORE_CODE', entityCode: 'store 9' } },
    ]);
  });

  it.each([
    ['an unknown customer', identifiedBy('910000000000'), 404, 8015, 'customer-not-found'],
    [
      'a member who would stop being one',
      aCustomerUpdate({ loyaltyType: 'non_loyalty' }),
      409,
      1046,
      'loyalty-downgrade',
    ],
    [
      'a field that is not enabled',
      aCustomerUpdate({ fields: { shoeSize: 42 } }),
      422,
      1017,
      'field-invalid',
    ],
    ['an unknown till', aCustomerUpdate({ associatedWith: 'unknown-till' }), 422, 91020, 'till-invalid'],
  ])('answers %s with the problem of the code', async (_case, body, status, code, type) => {
    const answer = await service.send('PATCH', '/v1/customers', body);

    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.json).toMatchObject({
      type: `/problems/${type}`,
      status,
      code,
      outcome: 'rejected',
      retryable: false,
      attempts: 1,
      requestId: answer.headers.get('x-request-id'),
    });
  });

  it('reports a warning of the vendor with the update that was applied', async () => {
    await sandbox.fault({ kind: 'item-warning', code: 8056, message: 'Invalid mobile' });

    const answer = await service.send('PATCH', '/v1/customers', aCustomerUpdate({ firstName: 'Ash' }));

    expect(answer.json).toMatchObject({
      outcome: 'updated',
      warnings: [{ code: 8056, message: 'Invalid mobile' }],
    });
    expect(await sandbox.calls('bulk')).toHaveLength(1);
  });

  it("reads the vendor's other response format, with the customer's id", async () => {
    await sandbox.set({ answerForm: 'entity' });

    const answer = await service.send('PATCH', '/v1/customers', aCustomerUpdate());

    expect(answer.json).toMatchObject({ outcome: 'updated', customerId: expect.any(Number) as number });
  });

  it('shows with dryRun, byte for byte, the call that is sent without it, and sends nothing', async () => {
    const body = aCustomerUpdate({
      cards: [{ number: 'card_1', seriesCode: 'FleetCard1', statusLabel: 'ACTIVE' }],
      extendedFields: { city: 'Bengaluru' },
      createDate: '2026-02-11T16:36:17Z',
    });

    const planned = await service.send('PATCH', '/v1/customers?dryRun=true&attributionCode=till-7', body);
    expect(await sandbox.calls('bulk')).toHaveLength(0);
    await service.send('PATCH', '/v1/customers?attributionCode=till-7', body);

    const [call] = await sandbox.calls('bulk');
    const shown = planned.json.calls[0];
    expect(JSON.stringify(shown.body)).toBe(JSON.stringify(call?.body));
    expect(new URL(shown.url as string).pathname).toBe(call?.path);
    expect(shown.headers).toMatchObject({ 'X-CAP-API-ATTRIBUTION-ENTITY-CODE': 'till-7' });
    expect(planned.text).not.toContain('OAUTH');
  });
});

describe('POST /v1/customers/batch', () => {
  it('sends the customers of one request in one call', async () => {
    const customers = [1, 2, 3].map((last) => identifiedBy(mobile(last)));

    const answer = await service.send('POST', '/v1/customers/batch', { customers });

    expect(answer.status).toBe(200);
    expect(answer.json.summary).toEqual({ total: 3, updated: 3, rejected: 0, failed: 0, unknown: 0 });
    expect(answer.json.outcomes.map(({ index }: { index: number }) => index)).toEqual([0, 1, 2]);
    expect(await sandbox.calls('bulk')).toMatchObject([{ itemCount: 3 }]);
  });

  it('answers 207 with each outcome in the order sent when not all were updated', async () => {
    const customers = [mobile(1), '910000000000', mobile(2)].map(identifiedBy);

    const answer = await service.send('POST', '/v1/customers/batch', { customers });

    expect(answer.status).toBe(207);
    expect(answer.json.outcomes).toMatchObject([
      { index: 0, outcome: 'updated' },
      {
        index: 1,
        outcome: 'rejected',
        errors: [{ code: 8015, type: '/problems/customer-not-found', status: 404 }],
      },
      { index: 2, outcome: 'updated' },
    ]);
  });

  it('sends nothing when one customer is invalid, and points at every mistake', async () => {
    const customers = [identifiedBy(mobile(1)), { identifiers: [{ type: 'mobile', value: '+1' }] }];

    const answer = await service.send('POST', '/v1/customers/batch', { customers });

    expect(answer.status).toBe(400);
    const pointers = answer.json.errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(pointers.toSorted()).toEqual(['/customers/1/identifiers/0/value', '/customers/1/loyaltyType']);
    expect(await sandbox.calls('bulk')).toHaveLength(0);
  });

  it('sends the valid customers with onInvalid=skip, and rejects the others in their place', async () => {
    const customers = [{ nonsense: true }, identifiedBy(mobile(1)), 'not even an object'];

    const answer = await service.send('POST', '/v1/customers/batch?onInvalid=skip', { customers });

    expect(answer.status).toBe(207);
    expect(answer.json.outcomes).toMatchObject([
      { outcome: 'rejected', attempts: 0 },
      { outcome: 'updated' },
      { outcome: 'rejected', errors: [{ pointer: '/customers/2', status: 400 }] },
    ]);
    expect(await sandbox.calls('bulk')).toMatchObject([{ itemCount: 1 }]);
  });

  it('sends two updates of one customer in two calls, in order', async () => {
    const customers = ['First', 'Second'].map((firstName) => aCustomerUpdate({ firstName }));

    const answer = await service.send('POST', '/v1/customers/batch', { customers });

    expect(answer.json.summary.updated).toBe(2);
    expect(await sandbox.calls('bulk')).toHaveLength(2);
    expect(await sandbox.customer(`mobile:${mobile(1)}`)).toMatchObject({ firstName: 'Second' });
  });

  it('repeats updates one by one when both their results name one customer under two identifiers', async () => {
    await sandbox.set({ overlap: 'allow' });
    const answer = await service.send('POST', '/v1/customers/batch', {
      customers: [
        { ...identifiedBy(mobile(1)), firstName: 'Asha' },
        aCustomerUpdate({ identifiers: [{ type: 'email', value: 'asha.rao@example.com' }], lastName: 'Rao' }),
      ],
    });

    expect(answer.status).toBe(200);
    expect(answer.json.outcomes.map(({ attempts }: { attempts: number }) => attempts)).toEqual([3, 3]);
    const calls = await sandbox.calls('bulk');
    expect(calls.map(({ itemCount }) => itemCount)).toEqual([2, 2, 1, 1]);
    expect(await sandbox.customer(`mobile:${mobile(1)}`)).toMatchObject({
      firstName: 'Asha',
      lastName: 'Rao',
    });
  });

  it('takes 1,000 customers in calls of at most UPSTREAM_MAX_BATCH, and refuses 1,001', async () => {
    await sandbox.set({ unknownCustomer: 'register' });
    const customers = Array.from({ length: 1000 }, (_, index) => identifiedBy(String(917000000000 + index)));

    const answer = await service.send('POST', '/v1/customers/batch', { customers });
    expect(answer.json.summary).toMatchObject({ total: 1000, updated: 1000 });
    expect((await sandbox.calls('bulk')).map(({ itemCount }) => itemCount)).toEqual(Array(10).fill(100));

    const refused = await service.send('POST', '/v1/customers/batch', {
      customers: [...customers, aCustomerUpdate()],
    });
    expect(refused.status).toBe(400);
    expect(refused.json.errors).toMatchObject([{ pointer: '/customers' }]);
  });

  it('answers each of many batches that arrive at once with its own outcomes', async () => {
    await sandbox.set({ unknownCustomer: 'register' });
    const batches = Array.from({ length: 10 }, async (_batch, batch) => {
      const customers = Array.from({ length: 300 }, (_, index) =>
        identifiedBy(String(918000000000 + batch * 1000 + index)),
      );
      const { status, json } = await service.send('POST', '/v1/customers/batch', { customers });
      expect(status).toBe(200);
      expect(json.summary).toMatchObject({ updated: 300 });
      const wrong = customers.filter(
        ({ identifiers }, index) =>
          !JSON.stringify(json.outcomes[index]).includes(JSON.stringify(identifiers).slice(1, -1)),
      );
      expect(wrong).toEqual([]);
    });
    await Promise.all(batches);
  });

  it('refuses a large body that is not JSON, and logs it as part of its request', async () => {
    const body = `{"customers":[${'{},'.repeat(20_000)}`;
    const answer = await service.send('POST', '/v1/customers/batch', body);
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ type: '/problems/malformed-json' });
    const requestId = answer.headers.get('x-request-id');
    const logged = await service.program.waitForEvent(
      (one) => one['event'] === 'body.refused' && one['requestId'] === requestId,
    );
    expect(logged).toMatchObject({ bodyBytes: body.length, principal: 'api-key:test' });
  });

  it('splits a call that is larger than the vendor accepts', async () => {
    await sandbox.set({ maxBatch: 2 });
    const customers = [1, 2, 3, 4, 5, 6, 7].map((last) => identifiedBy(mobile(last)));

    const answer = await service.send('POST', '/v1/customers/batch', { customers });

    expect(answer.json.summary).toMatchObject({ total: 7, updated: 7 });
  });

  it('isolates the one customer that makes the vendor reject the whole call', async () => {
    await sandbox.fault({ kind: 'poison', match: { type: 'mobile', value: mobile(3) } });
    const customers = [1, 2, 3, 4, 5].map((last) => identifiedBy(mobile(last)));

    const answer = await service.send('POST', '/v1/customers/batch', { customers });

    expect(answer.status).toBe(207);
    expect(answer.json.summary).toMatchObject({ updated: 4, rejected: 1 });
    expect(answer.json.outcomes[2]).toMatchObject({ outcome: 'rejected', errors: [{ code: 400 }] });
  });
});

describe('DEFAULT_LOYALTY_TYPE', () => {
  it('fills in an absent loyaltyType, and changes nothing else', async () => {
    const lenient = await startService(sandbox.url, { DEFAULT_LOYALTY_TYPE: 'loyalty' });
    const { loyaltyType: _absent, ...body } = aCustomerUpdate();

    expect((await lenient.send('PATCH', '/v1/customers', body)).status).toBe(200);
    expect((await lenient.send('POST', '/v1/customers/batch', { customers: [body] })).status).toBe(200);
    expect((await service.send('PATCH', '/v1/customers', body)).json.errors).toMatchObject([
      { pointer: '/loyaltyType' },
    ]);
    await lenient.stop();
  });
});

describe('UPSTREAM_AUTH=basic', () => {
  it('identifies itself by till and hashed password', async () => {
    const till = await startService(sandbox.url, {
      UPSTREAM_AUTH: 'basic',
      UPSTREAM_BASIC_TILL: 'sandbox-till',
      UPSTREAM_BASIC_PASSWORD: 'sandbox-password',
    });

    expect((await till.send('PATCH', '/v1/customers', aCustomerUpdate())).status).toBe(200);
    expect(await sandbox.calls('bulk')).toMatchObject([{ authScheme: 'basic' }]);
    expect(await sandbox.calls('token')).toHaveLength(0);
    await till.stop();
  });
});
