import { beforeAll, expect, it } from 'vitest';
import { PROBLEM_PAGES, type ProblemPage, type ProblemType } from '../../src/problems/problem-catalog.js';
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
    await compare(operation, '404', {}, bodyOfUnknown(operation.path));
  }
});

const identifiers = [{ type: 'mobile', value: '919999999999' }];
const BODIES_OF_UNKNOWN: Readonly<Record<string, object>> = {
  '/v1/loyalty/enrollments': { identifiers, programs: [{ programId: 1016 }] },
  '/v1/hierarchy/children/search': { parent: { identifier: identifiers[0] } },
  '/v1/hierarchy/associations': {
    identifiers,
    loyaltyType: 'loyalty',
    hierarchyCode: 'code-association2',
    roleCode: 'FC',
  },
};

/** The body of a request about a customer that does not exist; undefined where the id in the path is unknown already. */
function bodyOfUnknown(path: string): object | undefined {
  return /0{8}-/.test(path)
    ? undefined
    : (BODIES_OF_UNKNOWN[path] ?? { identifiers, loyaltyType: 'loyalty' });
}

it('the examples of 415 are what each endpoint answers to another type', async () => {
  expect(having('415').length).toBeGreaterThan(9);
  for (const operation of having('415'))
    await compare(operation, '415', { 'Content-Type': 'text/plain' }, 'x');
});

it('the examples of 200 are what each endpoint answers to its first example', async () => {
  // Other types, such as the file of results, are written by the function that writes the real ones.
  const documented = operations.filter(
    ({ responses }) => responses['200']?.content['application/json']?.example,
  );
  expect(documented.length).toBeGreaterThan(0);
  for (const operation of documented) await compare(operation, '200', {});
});

it('each problem of the document has an example of its status, with the title of its type', () => {
  const examples = operations.flatMap(({ method, path, responses }) =>
    Object.entries(responses).flatMap(([status, { content }]) => {
      const problem = content['application/problem+json'];
      return problem ? [{ place: `${method} ${path} ${status}`, status, example: problem.example }] : [];
    }),
  );
  expect(examples.length).toBeGreaterThan(250);
  for (const { place, status, example } of examples) {
    const { type = '', ...others } = (example ?? {}) as { type?: string };
    const page = PROBLEM_PAGES[type.replace('/problems/', '') as ProblemType] as ProblemPage | undefined;
    expect({ place, ...others }).toMatchObject({ place, status: Number(status), title: page?.title });
    expect([place, page?.status]).toEqual([place, Number(status)]);
  }
});

it('the examples of 400 are what each endpoint answers to a mistake', async () => {
  expect(having('400').length).toBeGreaterThan(20);
  for (const operation of having('400')) {
    const { path, requestBody, method } = operation;
    const bodies = Object.values(requestBody?.content['application/json']?.examples ?? {});
    if (path === '/v1/imports' && method === 'POST') {
      await compare(
        { ...operation, path: `${path}?kind=customers` },
        '400',
        { 'Content-Type': 'text/csv' },
        '\n',
      );
    } else if (bodies[0]) {
      await compare(
        operation,
        '400',
        { 'Idempotency-Key': 'mistaken' },
        { ...(bodies[0].value as object), fistName: 'Asha' },
      );
    } else if (method === 'GET') await compare({ ...operation, path: `${path}?limt=1` }, '400', {});
    else await compare(operation, '400', { 'Idempotency-Key': 'two words' });
  }
});

it('the example of 422 of a search is what it answers about an unknown company', async () => {
  const search = having('422').find(({ path }) => path === '/v1/hierarchy/children/search');
  expect(search).toBeDefined();
  if (search) await compare(search, '422', {}, { company: { externalId: 'nothing' } });
});

it('the examples of 422 are what each write answers to a key of another request', async () => {
  const writes = having('422').filter(({ responses }) => responses['504']);
  expect(writes).toHaveLength(10);
  for (const operation of writes) {
    const { method, path, requestBody } = operation;
    const [first] = Object.values(requestBody?.content['application/json']?.examples ?? {});
    const body = first?.value as object;
    const headers = { 'Idempotency-Key': `key-of-${path}` };
    await service.send(method, path, body, headers);
    await compare({ ...operation, path: `${path}?attributionCode=till-1` }, '422', headers, body);
  }
});
