import fc from 'fast-check';
import type { Header } from './hostile-bodies.js';
import type { Markers } from './markers.js';

/** Headers that a service, its framework or a proxy may read. `Connection` is left out: `close` ends each response. */
const HEADERS = [
  'Idempotency-Key',
  'Request-Timeout',
  'X-Request-Id',
  'Content-Type',
  'Content-Encoding',
  'traceparent',
  'tracestate',
  'baggage',
  'Accept',
  'Accept-Encoding',
  'Accept-Language',
  'Accept-Version',
  'Authorization',
  'Cookie',
  'Expect',
  'Forwarded',
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'X-HTTP-Method-Override',
  'Host',
  'If-Match',
  'If-None-Match',
  'Last-Event-ID',
  'Origin',
  'Range',
  'TE',
  'Upgrade',
  'User-Agent',
  '__proto__',
  'constructor',
] as const;

export function hostileHeader({ word, digits }: Markers, texts: fc.Arbitrary<string>): fc.Arbitrary<Header> {
  const values = fc.oneof(
    fc.constantFrom(
      '',
      ' ',
      word,
      digits,
      `"${word}"`,
      `"${word}`,
      `"a", "${word}"`,
      `${word};a=b`,
      `"\\"${word}\\\\"`,
      `${word}\u0001`,
      `${word}\u0000`,
      `${word}\u007f`,
      `${word}\r\n folded`,
      `${word}\r\nX-Injected: ${word}`,
      `${word}é`,
      'é',
      '0',
      '-1',
      '0.001',
      '1e9',
      'NaN',
      '999999999999999999999',
      'null',
      'undefined',
      '*/*',
      'text/html',
      'text/csv',
      'text/event-stream',
      'identity;q=0, *;q=0',
      'bytes=0-0,-1',
      '100-continue',
      'websocket',
      'h2c',
      '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      '00-00000000000000000000000000000000-0000000000000000-ff',
      `ff-${'f'.repeat(600)}`,
      'x'.repeat(8000),
      'x'.repeat(20_000),
      ','.repeat(5000),
      `${'a='.repeat(3000)};`,
    ),
    texts.map((text) => text.slice(0, 8000)),
  );
  return fc.tuple(fc.constantFrom(...HEADERS), values);
}

/** Generates values of a query parameter or a path segment, as they are written in a URL. */
export function hostileUrlParts(
  { word, digits }: Markers,
  texts: fc.Arbitrary<string>,
): fc.Arbitrary<string> {
  return fc.oneof(
    fc.constantFrom(
      '',
      word,
      digits,
      '%00',
      '%',
      '%zz',
      '%ff',
      '%c0%80',
      '%ed%a0%80',
      '%0d%0aX-Injected:%20x',
      '%252e%252e',
      '..',
      '.',
      '%2e%2e%2f',
      '..%5c',
      '*',
      'null',
      '-1',
      '1e400',
      '0',
      '201',
      '[]',
      '{}',
      'true',
      'a;b',
      'a#b',
      'a?b',
      'a'.repeat(101),
      'a'.repeat(5000),
      '%61'.repeat(2000),
      '00000000-0000-0000-0000-000000000000',
      'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
      '00000000-0000-4000-8000-00000000000g',
      '00000000000040008000000000000000',
    ),
    texts.map((text) => encodeURIComponent(text.toWellFormed().slice(0, 1000))),
  );
}

/** Other methods, including some that no router knows. CONNECT is left out, as Node closes its connection. */
export const OTHER_METHODS = [
  'HEAD',
  'OPTIONS',
  'GET',
  'PUT',
  'DELETE',
  'TRACE',
  'PROPFIND',
  'QUERY',
  'BREW',
  'get',
];

/** Generates paths that the document does not have. */
export function otherPaths(parts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.constantFrom(
        '/problems/',
        '/docs/',
        '/docs/static/',
        '/',
        '/v1/',
        '/v1/customers/',
        '//',
        '/openapi.json/',
        '/health/',
        '/problems?',
        '/docs?',
      ),
      parts,
    )
    .map(([path, part]) => path + part);
}
