import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { Markers } from './markers.js';
import { NAMES } from './spoil-value.js';
import type { Json } from './valid-values.js';

export type Header = readonly [name: string, value: string];

export interface Body {
  readonly bytes: Buffer;
  readonly headers: readonly Header[];
}

const JSON_TYPE: Header = ['Content-Type', 'application/json'];
const GZIP: Header = ['Content-Encoding', 'gzip'];

/** More than a fuzzed service accepts as an import, compressed to a thousandth. */
const BOMB = gzipSync(Buffer.alloc(20_000_000));

const CONTENT_TYPES = [
  'application/json; charset=utf-16',
  'application/json; charset=latin1',
  'application/json;;;',
  'application/json, text/csv',
  'APPLICATION/JSON',
  'application/vnd.api+json',
  'application/problem+json',
  'application/x-ndjson',
  'application/octet-stream',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/html',
  'text/csv',
  '*/*',
  '/',
  '',
];

function nested(open: string, inside: string, close: string, depth: number): string {
  return open.repeat(depth) + inside + close.repeat(depth);
}

const asBody = (bytes: string | Buffer, headers: readonly Header[] = [JSON_TYPE]): Body => ({
  bytes: typeof bytes === 'string' ? Buffer.from(bytes) : bytes,
  headers,
});

/** Generates bodies that no honest client sends by mistake. */
export function hostileBodies(
  values: fc.Arbitrary<Json>,
  texts: fc.Arbitrary<string>,
  { word }: Markers,
): fc.Arbitrary<Body> {
  const valid = values.map((value) => JSON.stringify(value));
  const first = valid.map((text) => /^\{"(\w+)"/.exec(text)?.[1] ?? 'identifiers');

  const wholes = fc.constantFrom(
    '',
    ' \n',
    'null',
    'true',
    '0',
    '""',
    '[]',
    '{}',
    '[[]]',
    '{"a":1e400}',
    '{"a":-1e400}',
    '{"a":123456789012345678901234567890}',
    `{"a":${'9'.repeat(2000)}}`,
    `{"a":0.${'1'.repeat(2000)}}`,
    '{"a":-0}',
    '{"a":01}',
    '{"a":NaN}',
    '{"a":Infinity}',
    `{'a':'${word}'}`,
    `{"a":"${word}",}`,
    `{"a":"${word}`,
    `{"a":"${word}"}/* ${word} */`,
    `{"a":"\\ud800"}`,
    `{"\\udc00":"${word}"}`,
    `{"a":"\\u0000${word}"}`,
    `{"a":"${word}\u0000"}`,
    `<customer>${word}</customer>`,
    `a=${word}&b=2`,
  );
  const deep = fc
    .tuple(fc.constantFrom(31, 32, 33, 1000, 10_000, 100_000), first)
    .map(([depth, name]) => [
      nested('[', '', ']', depth),
      nested('{"a":', '1', '}', depth),
      `{"${name}":${nested('[', '', ']', depth)}}`,
      '['.repeat(depth),
    ])
    .chain((bodies) => fc.constantFrom(...bodies));
  const wide = fc
    .tuple(first, fc.constantFrom('{}', '0', 'null', '[]', '""'), fc.constantFrom(1001, 20_000, 100_000))
    .map(([name, element, count]) => `{"${name}":[${`${element},`.repeat(count - 1)}${element}]}`);
  const manyNames = first.map(
    (name) => `{"${name}":{${Array.from({ length: 5000 }, (_, index) => `"${index}":1`).join(',')}}}`,
  );
  const repeatedNames = fc
    .tuple(valid, first, texts)
    .map(([text, name, other]) => `${text.slice(0, -1)},"${name}":${JSON.stringify(other)}}`);
  const polluting = fc
    .tuple(valid, fc.constantFrom(...NAMES))
    .map(([text, name]) => `${text.slice(0, -1)},"${name}":{"isAdmin":true,"${name}":{"toString":1}}}`);

  const cut = fc.tuple(valid, fc.nat(500)).map(([text, at]) => text.slice(0, at));
  const followed = fc
    .tuple(valid, fc.constantFrom('{}', '\u0000', '\n\n', `//${word}`, ']'))
    .map(([text, tail]) => text + tail);

  const encoded = fc.tuple(valid, fc.nat(5)).map(([text, way]): Body => {
    const plain = Buffer.from(text);
    switch (way) {
      case 0:
        return asBody(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), plain]));
      case 1:
        return asBody(Buffer.from(`\ufeff${text}`, 'utf16le'));
      case 2:
        return asBody(Buffer.from(`${text.slice(0, -1)},"\u00e9":1}`, 'latin1'));
      case 3:
        return asBody(
          Buffer.concat([
            plain.subarray(0, 9),
            Buffer.from([0xc0, 0x80, 0xed, 0xa0, 0x80, 0xff]),
            plain.subarray(9),
          ]),
        );
      case 4:
        return asBody(gzipSync(plain), [JSON_TYPE, GZIP]);
      default:
        return asBody(plain, [JSON_TYPE, GZIP]);
    }
  });
  const typed = fc
    .tuple(valid, fc.constantFrom(...CONTENT_TYPES))
    .map(([text, type]) => asBody(text, [['Content-Type', type]]));
  const bombs = fc
    .constantFrom('application/json', 'application/x-ndjson', 'text/csv')
    .map((type) => asBody(BOMB, [['Content-Type', type], GZIP]));
  const untyped = valid.map((text) => asBody(text, []));

  return fc.oneof(
    { weight: 5, arbitrary: wholes.map((text) => asBody(text)) },
    { weight: 2, arbitrary: deep.map((text) => asBody(text)) },
    { weight: 1, arbitrary: wide.map((text) => asBody(text)) },
    { weight: 1, arbitrary: manyNames.map((text) => asBody(text)) },
    { weight: 3, arbitrary: repeatedNames.map((text) => asBody(text)) },
    { weight: 3, arbitrary: polluting.map((text) => asBody(text)) },
    { weight: 2, arbitrary: cut.map((text) => asBody(text)) },
    { weight: 2, arbitrary: followed.map((text) => asBody(text)) },
    { weight: 4, arbitrary: encoded },
    { weight: 3, arbitrary: typed },
    { weight: 1, arbitrary: bombs },
    { weight: 1, arbitrary: untyped },
  );
}
