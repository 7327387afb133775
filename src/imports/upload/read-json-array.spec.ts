import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_LINE_BYTES, type UploadLine } from './upload-line.js';
import { readJsonArray } from './read-json-array.js';
import { ANY_COLUMNS } from '../../../test/builders/any-columns.js';
import { readUpload } from './read-upload.js';

async function* inPieces(bytes: Buffer, cuts: readonly number[]): AsyncGenerator<Buffer> {
  const ends = [...cuts.filter((at) => at < bytes.length).toSorted((a, b) => a - b), bytes.length];
  for (const [index, end] of ends.entries()) yield bytes.subarray(ends[index - 1] ?? 0, end);
}

function everyByte(bytes: Buffer): AsyncGenerator<Buffer> {
  return inPieces(
    bytes,
    Array.from({ length: bytes.length }, (_, at) => at),
  );
}

async function collect(lines: AsyncIterable<UploadLine>): Promise<UploadLine[]> {
  const all: UploadLine[] = [];
  for await (const one of lines) all.push(one);
  return all;
}

const read = (given: string | Buffer): Promise<UploadLine[]> =>
  collect(readJsonArray(everyByte(Buffer.from(given))));
const values = (given: readonly unknown[]): UploadLine[] =>
  given.map((value, index) => ({ line: index + 1, value }));

/** Strings of characters that a splitter could take for the end of an element. */
const text = fc.string({
  unit: fc.constantFrom('"', '\\', '[', ']', '{', '}', ',', ' ', '\n', 'a', 'अ', '🙂'),
  maxLength: 8,
});
const element = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 3 }),
    // Names such as __proto__ are rejected, which other specs test.
    fc.dictionary(
      text.map((name) => `x${name}`),
      tie('value'),
      { maxKeys: 3, noNullPrototype: true },
    ),
  ),
})).value;

describe(readJsonArray.name, () => {
  it('reads the same elements as JSON.parse, with any pieces of bytes and any white space', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(element, { maxLength: 6 }),
        fc.constantFrom('', ' ', '\t', '\r\n'),
        fc.constantFrom(0, 2),
        fc.array(fc.nat(200), { maxLength: 20 }),
        async (elements, space, indent, cuts) => {
          const inner = elements.map((one) => space + JSON.stringify(one, null, indent) + space).join(',');
          const body = `${space}[${space}${inner}]${space}`;
          const parsed = values(JSON.parse(body) as unknown[]);
          const bytes = Buffer.from(body);
          expect(await collect(readJsonArray(inPieces(bytes, cuts)))).toEqual(parsed);
          expect(await collect(readJsonArray(everyByte(bytes)))).toEqual(parsed);
        },
      ),
    );
  });

  it('reads an array after a byte order mark', async () => {
    const bytes = everyByte(Buffer.from('\u{feff}[1,2]'));
    expect(await collect(readUpload({ type: 'application/json', bytes }, 10, ANY_COLUMNS))).toEqual(
      values([1, 2]),
    );
  });

  it.each<[string, string | Buffer, RegExp]>([
    ['nothing', '', /empty/],
    ['half a keyword', 'tru', /line 1, column/],
    ['two values', '1 2', /line 1, column/],
    ['an extra bracket', '{}}', /line 1, column/],
    ['a bracket of the wrong kind', '{"a":1]', /line 1, column/],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22]), /not UTF-8/],
    ['a nesting too deep', '['.repeat(40) + ']'.repeat(40), /nests deeper/],
    ['a key of a prototype', '{"__proto__":{}}', /not an allowed name/],
  ])('reports an element of %s as a mistake, and continues', async (_case, given, message) => {
    const bytes = Buffer.concat([Buffer.from('[{"a":1},'), Buffer.from(given), Buffer.from(' , {"b":2}]')]);
    const [before, broken, after, ...more] = await read(bytes);
    expect([before, after, more]).toEqual([{ line: 1, value: { a: 1 } }, { line: 3, value: { b: 2 } }, []]);
    expect(broken).toMatchObject({ line: 2, mistakes: [{ message: expect.stringMatching(message) }] });
  });

  it('reports an extra comma as an empty element', async () => {
    expect(await read('[1,]')).toMatchObject([
      { line: 1, value: 1 },
      { line: 2, mistakes: [{}] },
    ]);
    expect(await read('[,1]')).toMatchObject([
      { line: 1, mistakes: [{}] },
      { line: 2, value: 1 },
    ]);
  });

  it('drops an element over the limit, names the limit, and continues', async () => {
    const bytes = Buffer.from(`[["${'x'.repeat(MAX_LINE_BYTES)}"], 7 ]`);
    expect(await collect(readJsonArray(inPieces(bytes, [9, 65_536])))).toEqual([
      { line: 1, mistakes: [expect.objectContaining({ code: 'too-long', params: { max: MAX_LINE_BYTES } })] },
      { line: 2, value: 7 },
    ]);
  });

  it.each<[string, string, string]>([
    ['an object', '{"a":[]}', 'invalid-request'],
    ['a word', 'null', 'invalid-request'],
    ['nothing', '', 'invalid-request'],
    ['nothing but spaces', ' \n', 'invalid-request'],
    ['an array that is not closed', '[{"a":1},', 'upload-unreadable'],
    ['a string that is not closed', '[{"a":1},"b]', 'upload-unreadable'],
    ['an object that is not closed', '[{"a":1},{"b":2]', 'upload-unreadable'],
    ['something after the array', '[{"a":1}] x', 'upload-unreadable'],
    ['another array after it', '[{"a":1}]\n[]', 'upload-unreadable'],
  ])('rejects %s', async (_case, given, type) => {
    await expect(read(given)).rejects.toMatchObject({ type });
  });
});
