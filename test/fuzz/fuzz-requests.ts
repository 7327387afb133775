import fc from 'fast-check';
import { type ApiDocument, type Operation, type Parameter, operationsOf } from './api-document.js';
import { type Body, type Header, hostileBodies } from './hostile-bodies.js';
import { OTHER_METHODS, hostileHeader, hostileUrlParts, otherPaths } from './hostile-heads.js';
import { hostileTexts } from './hostile-texts.js';
import type { Markers } from './markers.js';
import { spoiled } from './spoil-value.js';
import { type Json, validValues } from './valid-values.js';

export type Intent = 'valid' | 'near-valid' | 'hostile';

export interface FuzzRequest {
  readonly intent: Intent;
  /** Undefined when the request addresses no endpoint. */
  readonly operation?: Operation;
  readonly method: string;
  /** The path with its query. `{id}` is replaced by an id from an earlier response. */
  readonly target: string;
  readonly headers: readonly Header[];
  readonly body?: Buffer;
}

/** The schema of the lines, by the kind of import. */
export const LINES = {
  customers: 'CustomerUpdate',
  memberships: 'Membership',
  enrollments: 'Enrollment',
  associations: 'Association',
  updates: 'WholeUpdate',
} as const;

const NDJSON: Header = ['Content-Type', 'application/x-ndjson'];
const IMPORTS = 'createImport';

const asNdjson = (lines: readonly Json[]): Body => ({
  bytes: Buffer.from(lines.map((line) => JSON.stringify(line)).join('\n')),
  headers: [NDJSON],
});

const asJson = (value: Json): Body => ({
  bytes: Buffer.from(JSON.stringify(value)),
  headers: [['Content-Type', 'application/json']],
});

const query = (pairs: readonly (readonly [string, string])[]): string =>
  pairs.length === 0 ? '' : `?${pairs.map(([name, value]) => `${name}=${value}`).join('&')}`;

/** Generates valid values for the parameters of one kind: all required ones and some optional ones. */
function parameters(
  operation: Operation,
  kind: Parameter['in'],
  valuesOf: (parameter: Parameter) => fc.Arbitrary<Json>,
): fc.Arbitrary<[string, string][]> {
  const ofKind = operation.parameters.filter((one) => one.in === kind);
  const values = ofKind.map((one) => {
    const text = valuesOf(one).map((value): [string, string][] => [
      [one.name, typeof value === 'string' ? value : JSON.stringify(value)],
    ]);
    return one.required
      ? text
      : fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: text });
  });
  return fc.tuple(...values).map((found) => found.flat());
}

/** Generates requests of all three intents, to every operation of the document and to other paths. */
export function fuzzRequests(document: ApiDocument, markers: Markers): fc.Arbitrary<FuzzRequest> {
  const valuesOf = validValues(document, markers);
  const texts = hostileTexts(markers);
  const urlParts = hostileUrlParts(markers, texts);
  const oddHeader = hostileHeader(markers, texts);

  const keyed = fc.uuid().map((uuid): Header[] => [['Idempotency-Key', `"${uuid}"`]]);
  const parameterValues = ({ name, schema }: Parameter): fc.Arbitrary<Json> => {
    if (name === 'Request-Timeout') return fc.constantFrom('5', '0.5', '0.001');
    if (name === 'X-Request-Id') return fc.stringMatching(/^[\w.:-]{1,120}$/).map((text) => `a${text}`);
    const isText = schema.type === 'string' && schema.enum === undefined;
    return isText && schema.format === undefined && schema.pattern === undefined
      ? fc.stringMatching(/^[\w.-]{0,20}$/).map((tail) => `${markers.word}${tail}`)
      : valuesOf(schema);
  };

  const requestsTo = (operation: Operation): fc.Arbitrary<FuzzRequest> => {
    const { method, path, requestBody, operationId } = operation;
    const schema = requestBody?.content['application/json']?.schema ?? {};
    const values = operationId === IMPORTS ? fc.constant<Json>([]) : valuesOf(schema);
    const wrong = spoiled(values, texts);
    const headers = fc
      .tuple(parameters(operation, 'header', parameterValues), keyed, fc.nat(9))
      .map(([own, key, random]): Header[] => [
        ...own.filter(([name]) => name !== 'Idempotency-Key'),
        ...(method !== 'GET' && random > 1 ? key : []),
      ]);
    const queries = parameters(operation, 'query', parameterValues).map((pairs) => {
      // The rules of the route: an account needs a source, and a type of attribution needs a code.
      const names = new Set(pairs.map(([name]) => name));
      return [
        ...pairs.filter(
          ([name]) => name !== 'accountId' && (name !== 'attributionType' || names.has('attributionCode')),
        ),
        ...(names.has('source') ? [['accountId', markers.word] as [string, string]] : []),
      ];
    });
    const lines = (spoil: boolean): fc.Arbitrary<{ body: Body; kind: string }> =>
      fc.constantFrom(...Object.entries(LINES)).chain(([kind, name]) => {
        const line = valuesOf({ $ref: name });
        const body = spoil
          ? fc
              .tuple(fc.array(line, { maxLength: 3 }), spoiled(line, texts))
              .map(([good, bad]) => [...good, bad])
          : fc.array(line, { minLength: 1, maxLength: 5 });
        return body.map((all) => ({ kind, body: asNdjson(all) }));
      });
    const assemble = (
      intent: Intent,
      pairs: readonly (readonly [string, string])[],
      own: readonly Header[],
      body?: Body,
    ): FuzzRequest => ({
      intent,
      operation,
      method,
      target: path + query(pairs),
      headers: [...own, ...(body?.headers ?? [])],
      ...(body && { body: body.bytes }),
    });

    const imported = (intent: Intent): fc.Arbitrary<FuzzRequest> =>
      fc
        .tuple(queries, headers, lines(intent !== 'valid'))
        .map(([pairs, own, { kind, body }]) =>
          assemble(intent, [...pairs.filter(([name]) => name !== 'kind'), ['kind', kind]], own, body),
        );
    const spoken = (intent: Intent, bodies: fc.Arbitrary<Body | undefined>): fc.Arbitrary<FuzzRequest> =>
      fc.tuple(queries, headers, bodies).map(([pairs, own, body]) => assemble(intent, pairs, own, body));

    const none = fc.constant(undefined);
    const valid =
      operationId === IMPORTS ? imported('valid') : spoken('valid', requestBody ? values.map(asJson) : none);
    const nearValid =
      operationId === IMPORTS
        ? imported('near-valid')
        : spoken('near-valid', requestBody ? wrong.map(asJson) : none);
    const nearValidQuery = fc.tuple(valid, urlParts, fc.nat()).map(([request, part, nth]): FuzzRequest => {
      const names = operation.parameters.filter((one) => one.in === 'query').map(({ name }) => name);
      const name =
        [...names, 'limit', '__proto__', 'a[]', 'a[b][c]', 'constructor', part][nth % (names.length + 6)] ??
        part;
      const tail =
        [`${name}=${part}`, `${name}=${part}&${name}=${part}`, `${name}[]=${part}`, name, `=${part}`][
          nth % 5
        ] ?? '';
      const mark = request.target.includes('?') ? '&' : '?';
      return { ...request, intent: 'hostile', target: request.target + mark + tail };
    });
    const hostile = spoken('hostile', hostileBodies(requestBody ? values : fc.constant({}), texts, markers));
    const oddlyHeaded = fc
      .tuple(fc.oneof(valid, hostile), fc.array(oddHeader, { minLength: 1, maxLength: 3 }))
      .map(([request, odd]): FuzzRequest => ({
        ...request,
        intent: 'hostile',
        headers: [...request.headers, ...odd],
      }));
    const oddlyPathed = fc.tuple(valid, urlParts).map(([request, part]): FuzzRequest => {
      if (path.includes('{id}')) {
        return { ...request, intent: 'hostile', target: request.target.replace('{id}', () => part) };
      }
      const { operation: _other, ...elsewhere } = request;
      return { ...elsewhere, intent: 'hostile', target: `${path}/${part}` };
    });
    const otherMethod = fc
      .tuple(valid, fc.constantFrom(...OTHER_METHODS))
      .map(([request, other]): FuzzRequest => ({ ...request, intent: 'hostile', method: other }));
    return fc.oneof(
      { weight: 30, arbitrary: valid },
      { weight: 30, arbitrary: nearValid },
      { weight: 12, arbitrary: nearValidQuery },
      { weight: 14, arbitrary: hostile },
      { weight: 14, arbitrary: oddlyHeaded },
      { weight: 6, arbitrary: oddlyPathed },
      { weight: 3, arbitrary: otherMethod },
    );
  };

  const beside = fc
    .tuple(
      otherPaths(urlParts),
      fc.array(oddHeader, { maxLength: 1 }),
      fc.constantFrom('GET', 'POST', 'HEAD'),
    )
    .map(([target, headers, method]): FuzzRequest => ({ intent: 'hostile', method, target, headers }));
  const toWrites = operationsOf(document).map((operation) => ({
    weight: operation.requestBody ? 4 : 1,
    arbitrary: requestsTo(operation),
  }));
  return fc.oneof(...toWrites, { weight: 3, arbitrary: beside });
}

/** Serializes a request to bytes. The server closes the connection after its response. */
export function written({ method, target, headers, body }: FuzzRequest, others: readonly Header[]): Buffer {
  const all: Header[] = [
    ['Host', 'localhost'],
    ['Connection', 'close'],
    ...others,
    ...headers,
    ...(body ? [['Content-Length', String(body.length)] as const] : []),
  ];
  const head = `${method} ${target} HTTP/1.1\r\n${all.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  return Buffer.concat([Buffer.from(head), body ?? Buffer.alloc(0)]);
}
