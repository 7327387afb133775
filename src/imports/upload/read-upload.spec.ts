import { describe, expect, it } from 'vitest';
import { ANY_COLUMNS } from '../../../test/builders/any-columns.js';
import { Problem } from '../../problems/problem.js';
import type { StreamedType } from '../../http/upload-types.js';
import { MAX_LINE_BYTES, type UploadLine } from './upload-line.js';
import { readUpload } from './read-upload.js';

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(
  type: StreamedType,
  given: string | Buffer,
  { pieceBytes = 7, maxLines = 1000 } = {},
): Promise<UploadLine[]> {
  const lines: UploadLine[] = [];
  const bytes = inPieces(Buffer.from(given), pieceBytes);
  for await (const one of readUpload({ type, bytes }, maxLines, ANY_COLUMNS)) {
    // What is known of its cells has tests of its own.
    if ('value' in one) lines.push({ line: one.line, value: one.value });
    else lines.push({ line: one.line, mistakes: one.mistakes });
  }
  return lines;
}

const ndjson = (given: string | Buffer, options = {}): Promise<UploadLine[]> =>
  read('application/x-ndjson', given, options);
/** The lines without their cells. */
const csv = async (given: string | Buffer, options = {}): Promise<Omit<UploadLine, 'cells'>[]> =>
  (await read('text/csv', given, options)).map(({ cells: _row, ...line }) => line);

describe(readUpload.name, () => {
  it.each<[string, string, unknown[]]>([
    [
      'lines',
      '{"a":1}\n{"b":2}\n',
      [
        { line: 1, value: { a: 1 } },
        { line: 2, value: { b: 2 } },
      ],
    ],
    [
      'a last line without an end',
      '{"a":1}\n{"b":2}',
      [
        { line: 1, value: { a: 1 } },
        { line: 2, value: { b: 2 } },
      ],
    ],
    [
      'CRLF',
      '{"a":1}\r\n{"b":2}\r\n',
      [
        { line: 1, value: { a: 1 } },
        { line: 2, value: { b: 2 } },
      ],
    ],
    [
      'CR, CRLF and LF mixed, where each ends a line',
      '{"a":1}\r{"b":2}\r\n\r\r\n\n\r{"c":3}\n{"d":4}\r',
      [
        { line: 1, value: { a: 1 } },
        { line: 2, value: { b: 2 } },
        { line: 7, value: { c: 3 } },
        { line: 8, value: { d: 4 } },
      ],
    ],
    ['a byte order mark', '\u{feff}{"a":1}\n', [{ line: 1, value: { a: 1 } }]],
    ['fewer bytes than a byte order mark', '7', [{ line: 1, value: 7 }]],
    ['empty lines, which count', '\n \r\n{"a":1}\n\n', [{ line: 3, value: { a: 1 } }]],
    ['characters of several bytes', '{"a":"अशा 🙂"}\n', [{ line: 1, value: { a: 'अशा 🙂' } }]],
    ['nothing', '', []],
  ])('reads NDJSON with %s', async (_case, given, expected) => {
    expect(await ndjson(given)).toEqual(expected);
  });

  it.each<[string, string | Buffer, RegExp]>([
    ['JSON that is cut off', '{"a":', /line 1, column/],
    ['words', 'firstName,lastName', /line 1, column/],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22]), /not UTF-8/],
    ['a key of a prototype', '{"__proto__":{"a":1}}', /not an allowed name/],
    ['a nesting too deep', `${'['.repeat(40)}${']'.repeat(40)}`, /nests deeper/],
    ['a number that is not kept exactly', '{"a":12345678901234567890}', /too large a number/],
  ])('reports a line of NDJSON with %s as a mistake, and continues', async (_case, given, message) => {
    const bytes = Buffer.concat([Buffer.from('{"a":1}\n'), Buffer.from(given), Buffer.from('\n{"b":2}\n')]);
    const [before, broken, after] = await ndjson(bytes);
    expect([before, after]).toEqual([
      { line: 1, value: { a: 1 } },
      { line: 3, value: { b: 2 } },
    ]);
    expect(broken).toMatchObject({ line: 2, mistakes: [{ message: expect.stringMatching(message) }] });
  });

  it('drops a line over the limit, names the limit, and continues', async () => {
    const long = `"${'x'.repeat(MAX_LINE_BYTES)}"`;
    const lines = await ndjson(`${long}\n{"b":2}\n`, { pieceBytes: 65_536 });
    expect(lines).toEqual([
      { line: 1, mistakes: [expect.objectContaining({ code: 'too-long', params: { max: MAX_LINE_BYTES } })] },
      { line: 2, value: { b: 2 } },
    ]);
  });

  it.each<[string, string, unknown[]]>([
    [
      'identifiers by type, and fields of maps',
      'identifiers.mobile,firstName,extendedFields.city,fields.0\n9199,Asha,Pune,7\n',
      [
        {
          line: 2,
          value: {
            identifiers: [{ type: 'mobile', value: '9199' }],
            firstName: 'Asha',
            extendedFields: { city: 'Pune' },
            fields: { 0: '7' },
          },
        },
      ],
    ],
    [
      'lists by position, whole numbers and booleans',
      'cards.0.number,cards.0.seriesId,programs.0.programId,commChannels.0.primary\n0042,7,1016,true\n',
      [
        {
          line: 2,
          value: {
            cards: [{ number: '0042', seriesId: 7 }],
            programs: [{ programId: 1016 }],
            commChannels: [{ primary: true }],
          },
        },
      ],
    ],
    [
      'empty cells, which are absent',
      'cards.0.number,cards.1.number,lastName\n,c2,\n',
      [{ line: 2, value: { cards: [{ number: 'c2' }] } }],
    ],
    [
      'text in place of a whole number, which stays text',
      'programs.0.programId\n1e3\n',
      [{ line: 2, value: { programs: [{ programId: '1e3' }] } }],
    ],
    [
      'quotes and commas in cells',
      'firstName,lastName\n"Rao, ""A""","x"\nx,y\n',
      [
        { line: 2, value: { firstName: 'Rao, "A"', lastName: 'x' } },
        { line: 3, value: { firstName: 'x', lastName: 'y' } },
      ],
    ],
    [
      'CRLF and a byte order mark',
      '\u{feff}firstName\r\nAsha\r\n',
      [{ line: 2, value: { firstName: 'Asha' } }],
    ],
  ])('reads CSV with %s', async (_case, given, expected) => {
    expect(await csv(given)).toEqual(expected);
  });

  it('reports a row with too many cells or bytes that are not UTF-8 as a mistake, and continues', async () => {
    const bytes = Buffer.concat([
      Buffer.from('firstName\na,b\n'),
      Buffer.from([0xff, 0x0a]),
      Buffer.from('c\n'),
    ]);
    expect(await csv(bytes)).toEqual([
      { line: 2, mistakes: [expect.objectContaining({ pointer: '', code: 'cell-count' })] },
      { line: 3, mistakes: [{ pointer: '', code: 'encoding', message: 'the row is not UTF-8' }] },
      { line: 4, value: { firstName: 'c' } },
    ]);
  });

  it.each<[string, string]>([
    ['a name twice', 'firstName,firstName\na,b\n'],
    ['a name inside of another name', 'cards,cards.0.number\na,b\n'],
    ['a name of a prototype', 'fields.__proto__\na\n'],
    ['a name that every object has', 'fields.toString\na\n'],
    ['a position that is too high', 'cards.1000.number\na\n'],
    ['a path that is too deep', 'a.b.c.d.e.f.g.h.i\na\n'],
    ['a map without a name', 'fields\na\n'],
    ['a quote that is never closed', 'firstName\n"Asha\n'],
    ['a quote in the middle', 'firstName\nAs"ha"\n'],
    ['a row over the limit', `firstName\n${'x'.repeat(MAX_LINE_BYTES + 100)}\n`],
  ])('rejects CSV with %s', async (_case, given) => {
    const rejection = csv(given, { pieceBytes: 65_536 });
    await expect(rejection).rejects.toMatchObject({ type: 'upload-unreadable' });
    await expect(rejection).rejects.not.toThrow('Asha');
  });

  it.each<[string, StreamedType, string]>([
    ['lines of NDJSON', 'application/x-ndjson', '{"a":1}\n{"a":1}\n'],
    ['lines of CSV', 'text/csv', 'firstName\nAsha\n'],
    ['elements of JSON', 'application/json', '[1,2]'],
  ])('rejects more %s than the limit', async (_case, type, given) => {
    const rejection = read(type, given, { maxLines: 1 });
    await expect(rejection).rejects.toThrow(Problem);
    await expect(rejection).rejects.toMatchObject({ type: 'body-too-large' });
  });
});
