import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useService } from '../harness/use-service.js';

interface Schema {
  readonly properties?: Record<string, Record<string, unknown>>;
}

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly example?: unknown;
    readonly schema?: object;
  }[];
  readonly 'x-required-scope'?: readonly string[];
  readonly responses: Record<
    string,
    { readonly description: string; readonly content: Record<string, object> }
  >;
}

/** These tests make no calls to the vendor. */
const service = useService({ url: 'http://127.0.0.1:9' });
let document: {
  readonly components: { readonly schemas: Record<string, Schema> };
  readonly paths: Record<string, Record<string, Operation>>;
};

beforeAll(async () => {
  document = (await service.send('GET', '/openapi.json')).json;
});

describe('/openapi.json', () => {
  it('equals docs/openapi.json', () => {
    const committed: unknown = JSON.parse(
      readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8'),
    );
    expect(document).toEqual(committed);
  });

  it('describes every property', () => {
    const schemas = Object.entries(document.components.schemas);
    const silent = schemas.flatMap(([name, { properties = {} }]) =>
      Object.entries(properties)
        .filter(([, property]) => property['description'] === undefined)
        .map(([property]) => `${name}.${property}`),
    );
    expect(silent).toEqual([]);
  });

  it('names each operation as a method of a client, and gives every response a schema', () => {
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
    const names = operations.map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const { operationId, responses, summary } of operations) {
      expect(operationId).toMatch(/^[a-z]+[A-Za-z]+$/);
      expect(summary).toMatch(/^[^\n]{10,79}\.$/);
      for (const answer of Object.values(responses)) {
        // Metrics and results have two formats.
        const contents = Object.values(answer.content);
        expect(contents.length).toBeGreaterThan(0);
        expect(contents.every((content) => Object.hasOwn(content, 'schema'))).toBe(true);
        expect(answer.description).not.toBe('');
      }
    }
  });

  it('lists the required scope of every endpoint', () => {
    const scopes = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, { 'x-required-scope': any, security }]) => {
        expect(security).toEqual(any && [{ bearer: [] }]);
        return `${method.toUpperCase()} ${path}: ${any?.join(' ') ?? 'public'}`;
      }),
    );
    expect(scopes.toSorted()).toEqual([
      'DELETE /v1/customers/stored-data: ops:write',
      'GET /health/live: public',
      'GET /health/ready: public',
      'GET /metrics: ops:read',
      'GET /v1/customers/stored-data/{id}: ops:read',
      'GET /v1/imports/templates/{file}: imports:read imports:write',
      'GET /v1/imports/{id}/events: imports:read',
      'GET /v1/imports/{id}/results: imports:read',
      'GET /v1/imports/{id}: imports:read',
      'GET /v1/imports: imports:read',
      'GET /v1/loyalty/unknown-credits: loyalty:write ops:read',
      'GET /v1/status: ops:read',
      'GET /v1/updates/{id}: customers:write loyalty:write hierarchy:write imports:write ops:read',
      'GET /v1/updates: customers:write loyalty:write hierarchy:write imports:write ops:read',
      'PATCH /v1/customers: customers:write',
      'POST /v1/customers/batch: customers:write',
      'POST /v1/hierarchy/children/search: hierarchy:read',
      'POST /v1/imports/{id}/cancel: imports:write',
      'POST /v1/imports/{id}/pause: imports:write',
      'POST /v1/imports/{id}/resume: imports:write',
      'POST /v1/imports/{id}/retry: imports:write',
      'POST /v1/imports: imports:write',
      'POST /v1/loyalty/enrollments/batch: loyalty:write',
      'POST /v1/loyalty/enrollments: loyalty:write',
      'POST /v1/loyalty/unknown-credits/{id}/resolve: loyalty:write ops:write',
      'POST /v1/updates/batch: customers:write loyalty:write hierarchy:write',
      'POST /v1/updates: customers:write loyalty:write hierarchy:write',
      'PUT /v1/hierarchy/associations/batch: hierarchy:write',
      'PUT /v1/hierarchy/associations: hierarchy:write',
      'PUT /v1/loyalty/membership/batch: loyalty:write',
      'PUT /v1/loyalty/membership: loyalty:write',
    ]);
  });

  it('names the schemas of the lines of results and of the data of events, and fills in no source', () => {
    const contentOf = (path: string) =>
      document.paths[path]?.['get']?.responses['200']?.content as Record<string, { schema: unknown }>;
    expect(contentOf('/v1/imports/{id}/results')['application/x-ndjson']?.schema).toEqual({
      type: 'string',
      'x-line-schema': { $ref: '#/components/schemas/ImportResult' },
    });
    expect(contentOf('/v1/imports/{id}/events')['text/event-stream']?.schema).toEqual({
      type: 'string',
      'x-event-data-schema': { $ref: '#/components/schemas/Import' },
    });
    expect(document.components.schemas).toHaveProperty('ImportResult');
    const sources = Object.values(document.paths)
      .flatMap((path) => Object.values(path))
      .flatMap(({ parameters = [] }) => parameters.filter(({ name }) => name === 'source'));
    expect(sources.length).toBeGreaterThan(10);
    for (const { example, schema } of sources) {
      expect([example, schema]).toEqual([undefined, { type: 'string', enum: expect.anything() }]);
    }
  });

  it('lists all statuses of a write', () => {
    expect(Object.keys(document.paths['/v1/customers']?.['patch']?.responses ?? {})).toEqual([
      '200',
      '207',
      '400',
      '401',
      '403',
      '404',
      '408',
      '409',
      '413',
      '415',
      '422',
      '429',
      '500',
      '502',
      '503',
      '504',
    ]);
  });
});
