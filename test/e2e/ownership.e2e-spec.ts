import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { SCOPES } from '../../src/security/scopes.js';
import { makeKey } from '../../src/security/api-key.js';
import { aCustomerUpdate } from '../builders/a-customer-update.js';
import { anEnrollment } from '../builders/an-enrollment.js';
import { NDJSON } from '../harness/imports.js';
import { type Answer, keyRecord } from '../harness/service.js';
import { until } from '../harness/until.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const [owner, other, watcher, operator, clerk] = [makeKey(), makeKey(), makeKey(), makeKey(), makeKey()];
const plain = SCOPES.filter((scope) => !scope.startsWith('ops:'));

const sandbox = useSandbox();
const service = useService(
  sandbox,
  { UPSTREAM_TIMEOUT_MS: '500', REQUEST_DEADLINE_MS: '2000', BACKGROUND_MAX_ATTEMPTS: '1' },
  [
    keyRecord(owner, { name: 'owner', scopes: plain }),
    keyRecord(other, { name: 'other', scopes: plain }),
    keyRecord(watcher, { name: 'watcher', scopes: [...plain, 'ops:read'] }),
    keyRecord(operator, { name: 'operator', scopes: SCOPES }),
    keyRecord(clerk, { name: 'clerk', scopes: SCOPES.filter((scope) => scope !== 'customers:write') }),
  ],
);
/** Ids of the owner: an import with failed lines, an update, and a credit in doubt. */
let ids: { readonly imported: string; readonly updateId: string; readonly creditId: string };

const ask = (key: string, method: string, path: string, body?: unknown): Promise<Answer> =>
  service.send(method, path, body, {
    Authorization: `Bearer ${key}`,
    'Idempotency-Key': randomUUID(),
    ...(path.startsWith('/v1/imports?kind') && { 'Content-Type': NDJSON }),
  });

async function anImport(mobile = '919900000001'): Promise<string> {
  // Its customer is busy once, and the line is not sent again.
  const match = { type: 'mobile', value: mobile };
  await sandbox.fault({ kind: 'item-error', code: 521, message: 'busy', match });
  const lines = JSON.stringify(aCustomerUpdate({ identifiers: [match] }));
  const { json } = await ask(owner, 'POST', '/v1/imports?kind=customers', lines);
  await until(
    () => ask(owner, 'GET', `/v1/imports/${json.id}`),
    (seen) => seen.json.finishedAt !== undefined,
  );
  return json.id;
}

async function aCreditInDoubt(): Promise<string> {
  await sandbox.fault({ kind: 'reset-before' });
  const { status, json } = await ask(owner, 'POST', '/v1/loyalty/enrollments', anEnrollment());
  expect(status).toBe(504);
  return json.creditId;
}

beforeAll(async () => {
  const { json } = await ask(owner, 'PATCH', '/v1/customers', aCustomerUpdate());
  ids = { imported: await anImport(), updateId: json.updateId, creditId: await aCreditInDoubt() };
});

const READS: readonly [what: string, path: () => string][] = [
  ['an import', () => `/v1/imports/${ids.imported}`],
  ['its results', () => `/v1/imports/${ids.imported}/results`],
  ['its events', () => `/v1/imports/${ids.imported}/events`],
  ['an explanation', () => `/v1/updates/${ids.updateId}`],
];

/** The actions on an import, and the statuses of each for its owner and then for an operator. An import has one retry. */
const ACTIONS: readonly [what: string, path: () => string, body: unknown, statuses: number[]][] = [
  ['pause', () => `/v1/imports/${ids.imported}/pause`, undefined, [409, 409]],
  ['resume', () => `/v1/imports/${ids.imported}/resume`, undefined, [409, 409]],
  ['cancel', () => `/v1/imports/${ids.imported}/cancel`, undefined, [409, 409]],
  ['retry', () => `/v1/imports/${ids.imported}/retry`, undefined, [202, 409]],
];

/** Replaces the ids in a path by ids that do not exist. */
const withUnknownIds = (path: string): string =>
  Object.values(ids).reduce((text, id) => text.replace(id, randomUUID()), path);

const visible = ({ status, json }: Answer) => ({ ...json, status, requestId: '' });

const isImportListed = async (key: string): Promise<boolean> =>
  (await ask(key, 'GET', '/v1/imports?limit=200')).json.imports.some(
    ({ id }: { id: string }) => id === ids.imported,
  );

const isUpdateListed = async (key: string): Promise<boolean> =>
  (await ask(key, 'GET', '/v1/updates?limit=100')).json.updates.some(
    ({ id }: { id: string }) => id === ids.updateId,
  );

const listed = async (key: string, id: string): Promise<boolean> =>
  (await ask(key, 'GET', '/v1/loyalty/unknown-credits?limit=200')).json.credits.some(
    (credit: { id: string }) => credit.id === id,
  );
const resolve = (key: string, id: string, resolution: string): Promise<Answer> =>
  ask(key, 'POST', `/v1/loyalty/unknown-credits/${id}/resolve`, { resolution, note: 'looked up' });

describe('a resource of another principal', () => {
  it.each(READS)('is answered like an unknown id without ops:read: %s', async (_what, path) => {
    expect((await ask(owner, 'GET', path())).status).toBe(200);
    const hidden = await ask(other, 'GET', path());
    expect(hidden.status).toBe(404);
    expect(visible(hidden)).toEqual(visible(await ask(other, 'GET', withUnknownIds(path()))));
    expect((await ask(watcher, 'GET', path())).status).toBe(200);
  });

  it.each(ACTIONS)('accepts an action only with ops:write: %s', async (_what, path, body, statuses) => {
    for (const key of [other, watcher]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const hidden = await ask(key, 'POST', path(), body);
      expect(hidden.status).toBe(404);
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(visible(hidden)).toEqual(visible(await ask(key, 'POST', withUnknownIds(path()), body)));
    }
    for (const [index, key] of [owner, operator].entries()) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect((await ask(key, 'POST', path(), body)).status).toBe(statuses[index]);
    }
  });

  it('cannot be retried without the scope of its upload', async () => {
    const { status, json } = await ask(clerk, 'POST', `/v1/imports/${ids.imported}/retry`);
    expect([status, json.type, json.detail]).toEqual([
      403,
      '/problems/insufficient-scope',
      'An import of customers needs the scope customers:write.',
    ]);
  });

  it('is not listed', async () => {
    expect(await isImportListed(owner)).toBe(true);
    expect(await isImportListed(other)).toBe(false);
    expect(await isImportListed(watcher)).toBe(true);
    expect(await isUpdateListed(owner)).toBe(true);
    expect(await isUpdateListed(other)).toBe(false);
    expect(await isUpdateListed(watcher)).toBe(true);
  });

  it('belongs to the principal that retried it, not to the first uploader', async () => {
    // A customer of its own: the retry of the other import may still be in flight, and would meet the fault instead.
    const imported = await anImport('919900000003');
    const { json } = await ask(operator, 'POST', `/v1/imports/${imported}/retry`);
    expect((await ask(operator, 'GET', `/v1/imports/${json.id}`)).status).toBe(200);
    expect((await ask(owner, 'GET', `/v1/imports/${json.id}`)).status).toBe(404);
  });

  it('is explained only to the uploader when it came in a line', async () => {
    const lines = `${JSON.stringify(aCustomerUpdate())}\n`;
    const { json } = await ask(owner, 'POST', '/v1/imports?kind=customers', lines);
    const { text } = await until(
      () => ask(owner, 'GET', `/v1/imports/${json.id}/results`),
      (seen) => seen.text !== '',
    );
    const { updateId } = JSON.parse(text) as { updateId: string };
    expect((await ask(owner, 'GET', `/v1/updates/${updateId}`)).status).toBe(200);
    expect((await ask(other, 'GET', `/v1/updates/${updateId}`)).status).toBe(404);
  });
});

describe('a credit in doubt', () => {
  it('is listed for its principal and for ops:read only', async () => {
    expect(await Promise.all([owner, other, watcher].map((key) => listed(key, ids.creditId)))).toEqual([
      true,
      false,
      true,
    ]);
  });

  it.each(['applied', 'not-applied'])(
    'is resolved by its principal and by ops:write only: %s',
    async (resolution) => {
      for (const key of [owner, operator]) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        const id = await aCreditInDoubt();
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        const before = await sandbox.ledger();
        for (const hidden of [other, watcher]) {
          // oxlint-disable-next-line no-await-in-loop -- one after the other
          const answer = await resolve(hidden, id, resolution);
          // oxlint-disable-next-line no-await-in-loop -- one after the other
          expect(visible(answer)).toEqual(visible(await resolve(hidden, randomUUID(), resolution)));
          expect(answer.status).toBe(404);
        }
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        expect(await sandbox.ledger()).toEqual(before);
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        expect((await resolve(key, id, resolution)).status).toBe(200);
      }
    },
  );

  it('stays with its principal when an operator sends it again, and that is in doubt too', async () => {
    const id = await aCreditInDoubt();
    await sandbox.fault({ kind: 'reset-before' });
    const { json } = await resolve(operator, id, 'not-applied');
    expect(json.outcome.outcome).toBe('unknown');
    expect(await listed(owner, json.outcome.creditId)).toBe(true);
    expect(await listed(other, json.outcome.creditId)).toBe(false);
  });

  it('of an import belongs to its uploader', async () => {
    await sandbox.fault({ kind: 'reset-before' });
    const { json } = await ask(owner, 'POST', '/v1/imports?kind=enrollments', JSON.stringify(anEnrollment()));
    const id = `import:${json.id}:1`;
    await until(
      () => listed(owner, id),
      (isListed) => isListed,
    );
    expect(await listed(other, id)).toBe(false);
  });
});
