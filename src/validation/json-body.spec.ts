import { describe, expect, it } from 'vitest';
import { MAX_JSON_DEPTH, readJsonBody } from './json-body.js';
import { Problem } from '../problems/problem.js';

function refusal(body: string | Buffer): Problem {
  try {
    readJsonBody(Buffer.from(body));
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe(readJsonBody.name, () => {
  it('reads UTF-8, with or without a byte order mark', () => {
    expect(readJsonBody(Buffer.from('{"firstName":"Åsa 🙂"}'))).toEqual({ firstName: 'Åsa 🙂' });
    expect(readJsonBody(Buffer.from('\uFEFF[1]'))).toEqual([1]);
  });

  it(`nests ${MAX_JSON_DEPTH} levels and no more`, () => {
    expect(readJsonBody(Buffer.from(nested(MAX_JSON_DEPTH)))).toBeInstanceOf(Array);
    expect(refusal(nested(MAX_JSON_DEPTH + 1)).type).toBe('malformed-json');
  });

  it.each<[string, string | Buffer]>([
    ['nothing', ''],
    ['white space', ' \n'],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['200,000 open brackets', '['.repeat(200_000)],
    ['200,000 nested arrays', nested(200_000)],
    ['a trailing comma', '{"a":1,}'],
    ['a comment', '{"a":1} // b'],
    ['NaN', '{"a":NaN}'],
  ])('refuses %s', (_title, body) => {
    expect(refusal(body).type).toBe('malformed-json');
  });

  it.each([
    ['{"a":{"__proto__":{"b":1}}}', '/a/__proto__'],
    ['{"constructor":1}', '/constructor'],
    // class-transformer would silently drop it.
    ['{"extendedFields":{"toString":"x"}}', '/extendedFields/toString'],
    ['{"hasOwnProperty":1}', '/hasOwnProperty'],
    ['{"a":["\\ud800"]}', '/a/0'],
    ['{"a":1e400}', '/a'],
    ['{"a":9007199254740993}', '/a'],
    ['{"x/y":{"~":1e999}}', '/x~1y/~0'],
  ])('points at a value that cannot be kept: %s', (body, pointer) => {
    expect(refusal(body)).toMatchObject({ type: 'invalid-request', extensions: { errors: [{ pointer }] } });
    expect(({} as { b?: number }).b).toBeUndefined();
  });

  it.each<[string, string[]]>([
    ['{"a":1,"a":1}', ['/a']],
    ['{"firstName":"Asha","\\u0066irstName":"Lata"}', ['/firstName']],
    ['{"a" : 1, "b": {"c":":\\"", "c" :2, "c":3}}', ['/b/c', '/b/c']],
    ['[{"x/y":1},{"x/y":1,"x/y":1}]', ['/1/x~1y']],
    ['{"":1,"\\\\":":","":2}', ['/']],
  ])('refuses a name that is in one object twice: %s', (body, pointers) => {
    expect(refusal(body)).toMatchObject({
      type: 'invalid-request',
      extensions: { errors: pointers.map((pointer) => ({ pointer, code: 'repeated-name' })) },
    });
  });

  it('accepts colons in strings, and a name in several objects', () => {
    const document = { 'a:': ':"', '":': '\\', list: [{ a: '{"a":1,"a":2}' }, { a: '::' }] };
    expect(readJsonBody(Buffer.from(JSON.stringify(document, null, 2)))).toEqual(document);
  });

  it.each([
    ['/a/1', '{"a":[1,['.concat('0,'.repeat(1000), '0]]}'), 'must hold at most 1000 elements'],
    [
      '/b',
      `{"b":{${Array.from({ length: 1001 }, (_, n) => `"n${n}":1`).join()}}}`,
      'must hold at most 1000 names',
    ],
  ])('limits the size of an object or a list: %s', (pointer, body, message) => {
    expect(refusal(body)).toMatchObject({ extensions: { errors: [{ pointer, message }] } });
  });

  it('accepts the maximum size', () => {
    const most = Array.from({ length: 1000 }, (_, n) => n);
    expect(readJsonBody(Buffer.from(JSON.stringify({ most })))).toEqual({ most });
  });

  it('reports the position of the error, and quotes nothing of the body', () => {
    const problem = refusal('{\n "firstName": Quentin }');
    expect(JSON.stringify(problem.extensions)).toContain('line 2, column 15');
    expect(JSON.stringify([problem.detail, problem.extensions])).not.toContain('Quentin');
  });
});
