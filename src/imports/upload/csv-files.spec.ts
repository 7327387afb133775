import { describe, expect, it } from 'vitest';
import { ANY_COLUMNS } from '../../../test/builders/any-columns.js';
import { readUpload } from './read-upload.js';
import type { CsvOptions, UploadFormat } from './upload-format.js';
import { MAX_LINE_BYTES } from './upload-line.js';

/** What was read from a file: each line as `<line> <its cells or mistake>`. */
interface Read {
  readonly lines: string[];
  readonly format: UploadFormat | undefined;
}

async function read(
  file: string | Buffer,
  options: CsvOptions & { charset?: string; pieceBytes?: number } = {},
): Promise<Read> {
  const { charset, pieceBytes = 5, ...csv } = options;
  const whole = Buffer.from(file);
  async function* pieces(): AsyncGenerator<Buffer> {
    for (let at = 0; at < whole.length; at += pieceBytes) yield whole.subarray(at, at + pieceBytes);
  }
  const reading = readUpload(
    { type: 'text/csv', bytes: pieces(), ...(charset && { charset }) },
    1e6,
    ANY_COLUMNS,
    csv,
  );
  const lines: string[] = [];
  for await (const one of reading) {
    lines.push(
      `${one.line} ${'mistakes' in one ? one.mistakes.map(({ message }) => message).join() : JSON.stringify(one.value)}`,
    );
  }
  return { lines, format: reading.format() };
}

const row = (line: number, value: unknown): string => `${line} ${JSON.stringify(value)}`;
const HEADER = 'identifiers.mobile,programs.0.programId,programs.0.loyaltyPoints,programs.0.tierNumber';

describe('the width of a row', () => {
  it.each<[string, string]>([
    ['9199,1016,1,200,', '5 cells, 4 columns'],
    ['9199,1016,1,200,,,', '7 cells, 4 columns'],
    ['9199,1016,1,200,"",', '6 cells, 4 columns'],
    ['9199,1016,1,"200",x', '5 cells, 4 columns'],
    ['9199,1016,12', '3 cells, 4 columns'],
    ['9199', '1 cell, 4 columns'],
    ['"9199","1016"', '2 cells, 4 columns'],
  ])('refuses %s', async (given, message) => {
    const { lines } = await read(`${HEADER}\n${given}\n`);
    expect(lines).toEqual([expect.stringContaining(`2 ${message}`)]);
  });

  it.each(['9199,1016,12', '9199,1016,12,', '"9199","1016","12"'])(
    'with shortRows=accept takes missing cells of %s as empty',
    async (given) => {
      const value = {
        identifiers: [{ type: 'mobile', value: '9199' }],
        programs: [{ programId: 1016, loyaltyPoints: 12 }],
      };
      const { lines } = await read(`${HEADER}\n${given}\n9199,1016,1,2,`, { shortRows: 'accept' });
      expect(lines).toEqual([row(2, value), expect.stringContaining('3 5 cells, 4 columns')]);
    },
  );
});

describe('a cell with a line break', () => {
  it.each<[string, string, string[]]>([
    [
      'a quote that closes three rows later',
      'firstName,lastName\n1,x\n2,"Asha\n3,y\n4,z\n5,Rao"\n6,w\n',
      [
        '2 {',
        '3 has a line break: its quote opens on line 3 in column 2, and closes on line 6',
        '4 the line is inside of a quoted cell of the row that begins on line 3',
        '5 the line',
        '6 the line',
        '7 {',
      ],
    ],
    [
      'CRLF in the second of two such cells, and an empty line in it',
      'fields.a,lastName\r\n"a\r\nb","c\r\n\r\nd"\r\n6,w\r\n',
      [
        '2 has a line break: its quote opens on line 3 in column 2, and closes on line 5',
        '3 the line',
        '5 the line',
        '6 {',
      ],
    ],
    [
      'CR in a row that is too wide as well',
      'firstName,lastName\r1,"a\rb",\r2,x\r',
      ['2 3 cells, 2 columns', '3 the line', '4 {'],
    ],
    [
      'a quote that opens at the end of a row',
      'firstName,lastName\n1,"\n2,x\n3,"\n4,y\n',
      ['2 has a line break', '3 the line', '4 the line', '5 {'],
    ],
  ])('is refused, and each line in it: %s', async (_case, file, expected) => {
    const { lines } = await read(file, { lineBreaks: 'accept' });
    expect(lines).toEqual(expected.map((text) => expect.stringMatching(new RegExp(`^${text}`))));
  });

  it.each<[string, string, string]>([
    ['fields', 'fields.note', '\n'],
    ['extendedFields', 'extendedFields.address', '\r\n'],
    ['fields with a dot in the name', 'fields.shop.note', '\r'],
  ])('is taken in %s with lineBreaks=accept, and refused without', async (_case, name, end) => {
    const file = `firstName,${name}${end}1,"a${end}b"${end}${end}2,c${end}`;
    const accepted = await read(file, { lineBreaks: 'accept' });
    expect(accepted.lines.map((line) => line.slice(0, 3))).toEqual(['2 {', '5 {']);
    // Whatever ends the lines of the file, a line break in a value is a line feed.
    expect(accepted.lines[0]).toContain(JSON.stringify('a\nb'));
    expect((await read(file)).lines).toEqual([
      expect.stringContaining('2 has a line break: its quote opens on line 2 in column 2'),
      expect.stringContaining('3 the line'),
      expect.stringContaining('5 {'),
    ]);
  });

  it.each(['firstName', 'identifiers.email', 'cards.0.number'])(
    'is refused in %s in any case',
    async (name) => {
      const { lines } = await read(`fields.a,${name}\n1,"a\nb"\n`, { lineBreaks: 'accept' });
      expect(lines[0]).toMatch(
        /^2 has a line break: its quote opens on line 2 in column 2, and closes on line 3$/,
      );
    },
  );
});

describe('a quote', () => {
  it.each<[string, string, string]>([
    ['is never closed', 'firstName\n1\n"Asha\n3\n4\n', 'the quote that opens on line 3 is never closed'],
    [
      'is never closed after others that are',
      'fields.a,fields.b\n"a\r\nb","c\r\nd',
      'the quote that opens on line 3 is never closed',
    ],
    [
      'of the header is never closed',
      'firstName,"lastName\n1,2\n',
      'the quote that opens on line 1 is never closed',
    ],
    [
      'is not closed within the limit',
      `firstName\n1\n"Asha\n${`${'3'.repeat(1023)}\n`.repeat(1025)}`,
      'the quote that opens on line 3 is never closed',
    ],
    [
      'is not closed before a line over the limit',
      `firstName\n"Asha\n${'3'.repeat(MAX_LINE_BYTES + 1)}\n`,
      'the quote that opens on line 2 is never closed',
    ],
    [
      'is inside of an unquoted cell',
      'firstName,lastName\n1,2\n1,5" pipe\n2,x\n',
      'line 3: a quote is inside of an unquoted cell',
    ],
    [
      'and another are inside of an unquoted cell',
      'firstName,lastName\n1,a"b"\n',
      'line 2: a quote is inside of an unquoted cell',
    ],
    ['follows a space', 'firstName,lastName\n1, "Asha"\n', 'line 2: a quote is inside of an unquoted cell'],
    [
      'is followed by text',
      'firstName,lastName\n1,2\n"a"b,x\n',
      'line 3: text follows the closing quote of a cell, which opens on line 3',
    ],
    [
      'closes later, followed by text',
      'firstName,lastName\n2,"Asha\n3,y\n4,"Rao"\n6,w\n',
      'line 4: text follows the closing quote of a cell, which opens on line 2',
    ],
  ])('that %s refuses the file', async (_case, file, reason) => {
    const rejection = read(file, { pieceBytes: 65_536 });
    await expect(rejection).rejects.toMatchObject({
      type: 'upload-unreadable',
      detail: `The CSV cannot be read: ${reason}.`,
    });
  });

  it('is doubled in a quoted cell, and may be all of it', async () => {
    const { lines } = await read('firstName,lastName\n"a ""b""",""""\n"","x,y"\n');
    expect(lines).toEqual([row(2, { firstName: 'a "b"', lastName: '"' }), row(3, { lastName: 'x,y' })]);
  });
});

describe('line ends', () => {
  it.each<[string, string, string, number[]]>([
    ['an LF header and CRLF rows', 'firstName\nPune\r\nGoa\r\n', 'mixed', [2, 3]],
    ['a CRLF header and LF rows', 'firstName\r\nPune\nGoa\n', 'mixed', [2, 3]],
    ['a lone CR between rows', 'firstName\nPune\rGoa\n', 'mixed', [2, 3]],
    ['a CR header', 'firstName\rPune\nGoa', 'mixed', [2, 3]],
    ['CR only', 'firstName\rPune\rGoa\r', 'cr', [2, 3]],
    ['CRLF only, and empty lines', '\r\nfirstName\r\n\r\nPune\r\n\r\n\r\nGoa', 'crlf', [4, 7]],
    ['LF only, and quotes', '"firstName"\n"Pune"\n"Goa"\n', 'lf', [2, 3]],
  ])('may be %s', async (_case, file, lineEnds, [first = 0, second = 0]) => {
    for (const pieceBytes of [1, 2, 3, 1000]) {
      // oxlint-disable-next-line no-await-in-loop -- the first size of pieces that fails ends the test
      const { lines, format } = await read(file, { pieceBytes });
      expect(lines).toEqual([row(first, { firstName: 'Pune' }), row(second, { firstName: 'Goa' })]);
      expect(format?.lineEnds).toBe(lineEnds);
    }
  });
});

const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();
const LE_MARK = Buffer.from([0xff, 0xfe]);
const BE_MARK = Buffer.from([0xfe, 0xff]);

describe('the encoding', () => {
  const file = 'firstName,lastName\r\nRenée,अशा 🙂\r\n';
  it.each<[string, Buffer, string | undefined, string]>([
    ['utf-8', Buffer.from(file), undefined, 'utf-8'],
    ['utf-8 with a mark', Buffer.from(`\u{feff}${file}`), 'windows-1252', 'utf-8'],
    ['utf-8 that is said to be ASCII', Buffer.from(file), 'US-ASCII', 'utf-8'],
    ['utf-16le with a mark', Buffer.concat([LE_MARK, Buffer.from(file, 'utf16le')]), undefined, 'utf-16le'],
    ['utf-16be with a mark', Buffer.concat([BE_MARK, utf16be(file)]), 'utf-8', 'utf-16be'],
    ['utf-16le by charset', Buffer.from(file, 'utf16le'), 'UTF-16', 'utf-16le'],
  ])('may be %s', async (_case, bytes, charset, encoding) => {
    const { lines, format } = await read(bytes, { ...(charset && { charset }), pieceBytes: 1 });
    expect(lines).toEqual([row(2, { firstName: 'Renée', lastName: 'अशा 🙂' })]);
    expect(format).toMatchObject({ encoding, lineEnds: 'crlf', separator: 'comma' });
  });

  it.each<[string, number[], string, string]>([
    ['windows-1252', [0x80, 0xe9], '€é', 'windows-1252'],
    ['iso-8859-1', [0xe9, 0x96], 'é–', 'windows-1252'],
    ['shift_jis', [0x83, 0x41], 'ア', 'shift_jis'],
    ['windows-1251', [0xc0], 'А', 'windows-1251'],
  ])('may be %s by charset', async (charset, bytes, expected, encoding) => {
    const given = Buffer.concat([Buffer.from('firstName\n'), Buffer.from(bytes), Buffer.from('\n')]);
    const { lines, format } = await read(given, { charset });
    expect(lines).toEqual([row(2, { firstName: expected })]);
    expect(format).toMatchObject({ encoding });
  });

  it.each(['utf-7', 'latin-9000', 'iso-2022-kr'])('cannot be %s', async (charset) => {
    await expect(read('firstName\nx\n', { charset })).rejects.toMatchObject({
      type: 'unsupported-media-type',
      detail: expect.stringContaining('utf-16be, windows-1252'),
    });
  });

  it.each<[string, Buffer, string | undefined, string]>([
    [
      'an é of windows-1252',
      Buffer.from('fields.caf\u{e9}\nx\n', 'latin1'),
      undefined,
      'UTF-8 at character 11 of line 1',
    ],
    [
      'half a character',
      Buffer.concat([Buffer.from('\nfirstName,fields.'), Buffer.from([0xe0, 0xa4]), Buffer.from(',a\nx\n')]),
      undefined,
      'UTF-8 at character 18 of line 2',
    ],
    [
      'a quoted name',
      Buffer.from('"fields.\u{fc}"\r\nx\r\n', 'latin1'),
      undefined,
      'UTF-8 at character 9 of line 1',
    ],
    [
      'half of UTF-16',
      Buffer.concat([
        LE_MARK,
        Buffer.from('fields.a', 'utf16le'),
        Buffer.from([0x00, 0xd8]),
        Buffer.from('\nx\n', 'utf16le'),
      ]),
      undefined,
      'UTF-16LE at character 9 of line 1',
    ],
  ])('refuses a file with a wrong byte in the header: %s', async (_case, bytes, charset, position) => {
    await expect(read(bytes, charset ? { charset } : {})).rejects.toMatchObject({
      type: 'upload-unreadable',
      detail: expect.stringContaining(`the header is not ${position}`),
    });
  });

  it.each([
    ['LF', 'firstName;lastName\na;b\n'],
    ['CRLF', 'firstName\r\na\r\n'],
    ['a separator line before it', 'sep=;\nfirstName;lastName\na;b\n'],
  ])('says that UTF-16 has no byte order mark: %s', async (_case, text) => {
    await expect(read(Buffer.from(text, 'utf16le'))).rejects.toMatchObject({
      type: 'upload-unreadable',
      detail: expect.stringContaining('UTF-16 without a byte order mark'),
    });
  });

  it('refuses only the rows with wrong bytes, and takes U+FFFD that the file really has', async () => {
    const bytes = Buffer.concat([
      Buffer.from('firstName\na\n'),
      Buffer.from([0xff, 0x0a]),
      Buffer.from('"\n'),
      Buffer.from([0xe9, 0x22, 0x0a]),
      Buffer.from('\u{fffd}\n'),
    ]);
    expect((await read(bytes)).lines).toEqual([
      row(2, { firstName: 'a' }),
      '3 the row is not UTF-8',
      '4 the row is not UTF-8',
      expect.stringContaining('5 the line is inside'),
      row(6, { firstName: '\u{fffd}' }),
    ]);
  });
});

describe('the separator', () => {
  const value = { firstName: 'a', lastName: 'b' };
  it.each<[string, string, CsvOptions, string, number]>([
    ['a comma', 'firstName,lastName\na,b\n', {}, 'comma', 2],
    ['a semicolon', 'firstName;lastName\na;b\n', {}, 'semicolon', 2],
    ['a tab', 'firstName\tlastName\na\tb\n', {}, 'tab', 2],
    [
      'a semicolon, with commas within quotes',
      '"fields.a,b,c";firstName;lastName\n;a;"b"\n',
      {},
      'semicolon',
      2,
    ],
    ['in a sep= line', 'sep=;\r\nfirstName;lastName\r\na;b\r\n', {}, 'semicolon', 3],
    ['in a quoted sep= line with a tab', '\n"SEP=\t"\nfirstName\tlastName\na\tb\n', {}, 'tab', 4],
    [
      'in a sep= line that the caller overrides',
      'sep=;\nfirstName,lastName\na,b\n',
      { separator: 'comma' },
      'comma',
      3,
    ],
    [
      'named by the caller',
      'fields.x,y;firstName;lastName\n;a;b\n',
      { separator: 'semicolon' },
      'semicolon',
      2,
    ],
  ])('may be %s', async (_case, file, options, separator, line) => {
    const { lines, format } = await read(file, options);
    expect(lines).toEqual([row(line, value)]);
    expect(format).toMatchObject({ separator });
  });

  it.each(['|', ':', ' '])('cannot be %j', async (separator) => {
    await expect(read(`sep=${separator}\nfirstName${separator}lastName\n`)).rejects.toMatchObject({
      type: 'upload-unreadable',
      detail: expect.stringContaining('line 1 names a separator'),
    });
  });

  it('of rows that differs from the one of the header refuses the rows', async () => {
    const { lines } = await read('firstName;lastName\na,b\na\tb\na;b\n');
    expect(lines).toEqual([
      expect.stringContaining('2 1 cell, 2 columns'),
      expect.stringContaining('3 1 cell,'),
      row(4, value),
    ]);
  });
});

describe('what holds nothing', () => {
  it.each<[string, string, number]>([
    ['rows of separators', ',,,\nfirstName,lastName\n,\na,b\n,,,,\n,\n', 4],
    ['rows of quotes and spaces', 'firstName;lastName\n"";" "\n  ;\n   \na;b\n"";""\n', 5],
    ['columns at the end', 'firstName,lastName,,\na,b,,\n,,,\n', 2],
    ['columns in between and before', ',firstName, ,lastName\n,a,"",b\n', 2],
    [
      'a byte order mark and a header of empty cells before',
      '\u{feff}"",""\r\n\r\n"firstName",lastName\r\na,b\r\n',
      4,
    ],
  ])('is passed over: %s', async (_case, file, line) => {
    expect((await read(file)).lines).toEqual([row(line, { firstName: 'a', lastName: 'b' })]);
  });

  it.each<[string, string, string]>([
    ['at the end', 'firstName,,\na,,x\n', '2 column 3 has a value, but no name in the header'],
    ['in between', 'firstName,,lastName\na,x,b\n', '2 column 2 has a value'],
    ['before the others', ',firstName\n7,a\n', '2 column 1 has a value'],
    ['missing below', 'firstName,,\na,\n', '2 2 cells, 3 columns'],
  ])('is no place for a value: %s', async (_case, file, mistake) => {
    expect((await read(file)).lines).toEqual([expect.stringContaining(mistake)]);
  });

  it('is not counted as a column with a name, but its cells are kept', async () => {
    const bytes = Buffer.from('firstName,,\na,,\n');
    const reading = readUpload(
      {
        type: 'text/csv',
        bytes: (async function* pieces() {
          yield bytes;
        })(),
      },
      10,
      ANY_COLUMNS,
    );
    const lines = [];
    for await (const one of reading) lines.push(one);
    expect(lines).toMatchObject([{ line: 2, cells: ['a', '', ''], value: { firstName: 'a' } }]);
    expect(reading.format()?.header).toEqual(['firstName', '', '']);
  });
});

const collect = async (
  type: 'application/json' | 'application/x-ndjson',
  bytes: Buffer,
  charset?: string,
) => {
  const reading = readUpload(
    {
      type,
      bytes: (async function* pieces() {
        yield bytes;
      })(),
      ...(charset && { charset }),
    },
    10,
    ANY_COLUMNS,
  );
  const lines = [];
  for await (const one of reading) lines.push(one);
  return lines;
};

describe('NDJSON and JSON', () => {
  it('may have another encoding too', async () => {
    const value = { firstName: 'Renée' };
    const text = JSON.stringify(value);
    const le = Buffer.concat([LE_MARK, Buffer.from(`${text}\r\n`, 'utf16le')]);
    expect(await collect('application/x-ndjson', le)).toEqual([{ line: 1, value }]);
    expect(await collect('application/x-ndjson', Buffer.from(text, 'latin1'), 'windows-1252')).toEqual([
      { line: 1, value },
    ]);
    expect(await collect('application/json', Buffer.concat([BE_MARK, utf16be(`[${text}]`)]))).toEqual([
      { line: 1, value },
    ]);
  });

  it.each<[string, Buffer, string | undefined]>([
    [
      'half a character of UTF-16',
      Buffer.concat([LE_MARK, Buffer.from('"a"', 'utf16le'), Buffer.from([0x41])]),
      undefined,
    ],
    ['a lone surrogate', Buffer.concat([LE_MARK, Buffer.from('"\u{d800}"', 'utf16le')]), undefined],
    ['bytes that the charset does not have', Buffer.from([0x22, 0x81, 0x22]), 'shift_jis'],
  ])('is refused as a whole with %s', async (_case, bytes, charset) => {
    await expect(collect('application/x-ndjson', bytes, charset)).rejects.toMatchObject({
      type: 'upload-unreadable',
    });
  });
});
