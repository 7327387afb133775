import { beforeAll, expect, it } from 'vitest';
import { keyRecord } from '../harness/service.js';
import { makeKey } from '../../src/security/api-key.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

interface Operation {
  readonly requestBody?: {
    readonly content: Record<string, { readonly examples?: Record<string, { readonly value: unknown }> }>;
  };
  readonly responses: Record<string, { readonly content: Record<string, { readonly example?: unknown }> }>;
  readonly 'x-required-scope'?: readonly string[];
}

const sandbox = useSandbox({ resetBeforeEach: true });
const METRICS_ONLY = makeKey();
const HIERARCHY_ONLY = makeKey();
const service = useService(sandbox, {}, [
  keyRecord(METRICS_ONLY, { name: 'operator', scopes: ['ops:read'] }),
  keyRecord(HIERARCHY_ONLY, { name: 'reader', scopes: ['hierarchy:read'] }),
]);
let operations: (Operation & { method: string; path: string })[];

beforeAll(async () => {
  const { json } = await service.send('GET', '/openapi.json');
  operations = Object.entries(json.paths as Record<string, Record<string, Operation>>).flatMap(
    ([template, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        ...operation,
        method: method.toUpperCase(),
        path: template.replace(/\{\w+\}/, '00000000-0000-4000-8000-000000000001'),
      })),
  );
});

/** Ids differ in each answer. */
const withoutIds = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value).replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>'));

/** Sends what has to be answered with the status, and returns the answer beside its example. */
async function compare(
  { method, path, responses, requestBody }: (typeof operations)[number],
  status: string,
  headers: Record<string, string>,
  body?: unknown,
): Promise<void> {
  const [content] = Object.values(responses[status]?.content ?? {});
  const example = (requestBody?.content['application/json']?.examples ?? {}) as Record<
    string,
    { value: unknown }
  >;
  const answer = await service.send(method, path, body ?? Object.values(example)[0]?.value, headers);
  expect([method, path, withoutIds(answer.json)]).toEqual([method, path, withoutIds(content?.example)]);
}

const having = (status: string) =>
  operations.filter(({ responses }) =>
    Object.values(responses[status]?.content ?? {}).some(({ example }) => example !== undefined),
  );

it('the examples of 401 and 403 are what each endpoint answers', async () => {
  const secured = operations.filter(({ responses }) => responses['401']);
  expect(secured.length).toBeGreaterThan(25);
  expect([having('401').length, having('403').length]).toEqual([secured.length, secured.length]);
  for (const operation of secured) {
    await compare(operation, '401', { Authorization: '' });
    const other = operation['x-required-scope']?.includes('ops:read') ? HIERARCHY_ONLY : METRICS_ONLY;
    await compare(operation, '403', { Authorization: `Bearer ${other}` });
  }
});

it('the examples of 404 are what each endpoint answers without such an id, or without such a customer', async () => {
  expect(having('404').length).toBeGreaterThan(9);
  for (const operation of having('404')) {
    const unknown = /0{8}-/.test(operation.path) ? undefined : UNKNOWN;
    await compare(operation, '404', {}, unknown);
  }
});

const UNKNOWN = { identifiers: [{ type: 'mobile', value: '919999999999' }], loyaltyType: 'loyalty' };

it('the examples of 415 are what each endpoint answers to another type', async () => {
  expect(having('415').length).toBeGreaterThan(9);
  for (const operation of having('415'))
    await compare(operation, '415', { 'Content-Type': 'text/plain' }, 'x');
});

it('the examples of 200 are what each endpoint answers to its first example', async () => {
  expect(having('200').length).toBeGreaterThan(0);
  for (const operation of having('200')) await compare(operation, '200', {});
});
