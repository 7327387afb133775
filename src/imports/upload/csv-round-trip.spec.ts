import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ANY_COLUMNS } from '../../../test/builders/any-columns.js';
import { readUpload } from './read-upload.js';
import { SEPARATORS, SEPARATOR_NAMES } from './upload-format.js';

/** Texts with what CSV gives a meaning to, and characters of one to four bytes. */
const cell = fc.oneof(
  fc.constant(''),
  fc.string({
    unit: fc.constantFrom(
      'a',
      '1',
      ' ',
      ',',
      ';',
      '\t',
      '"',
      '\r',
      '\n',
      "'",
      '\\',
      'é',
      'अ',
      '🙂',
      '\u{feff}',
    ),
    maxLength: 8,
  }),
);
const ENCODERS = {
  'utf-8': (text: string) => Buffer.from(text),
  'utf-8 with a mark': (text: string) => Buffer.from(`\u{feff}${text}`),
  'utf-16le': (text: string) => Buffer.from(`\u{feff}${text}`, 'utf16le'),
  'utf-16be': (text: string) => Buffer.from(`\u{feff}${text}`, 'utf16le').swap16(),
};
const written = fc.record({
  table: fc
    .integer({ min: 1, max: 4 })
    .chain((width) =>
      fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 5 }),
    ),
  separator: fc.constantFrom(...SEPARATOR_NAMES),
  lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
  isQuoted: fc.boolean(),
  encoding: fc.constantFrom(...(Object.keys(ENCODERS) as (keyof typeof ENCODERS)[])),
  lineBreaks: fc.constantFrom('accept' as const, 'reject' as const),
  pieceBytes: fc.integer({ min: 1, max: 40 }),
});

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const LINE_END = /\r\n|\r|\n/;
const linesOf = (row: readonly string[]): number =>
  row.reduce((total, text) => total + text.split(LINE_END).length - 1, 1);

describe(readUpload.name, () => {
  it('returns the table that csv-stringify wrote, or refuses the row', async () => {
    await fc.assert(
      fc.asyncProperty(
        written,
        async ({ table, separator, lineEnd, isQuoted, encoding, lineBreaks, pieceBytes }) => {
          const width = table[0]?.length ?? 0;
          const header = Array.from({ length: width }, (_, n) => `fields.c${n}`);
          const text = stringify([header, ...table], {
            delimiter: SEPARATORS[separator],
            record_delimiter: lineEnd,
            quoted: isQuoted,
            // The writer quotes line breaks of its own kind only; a reader of all three needs the others quoted too.
            quoted_match: [LINE_END],
          });
          const bytes = inPieces(ENCODERS[encoding](text), pieceBytes);
          const reading = readUpload({ type: 'text/csv', bytes }, 1e6, ANY_COLUMNS, {
            lineBreaks,
            separator,
          });
          const found = new Map<number, readonly string[] | 'refused'>();
          for await (const one of reading) {
            found.set(one.line, 'mistakes' in one ? 'refused' : (one.cells ?? []));
          }
          let line = 2;
          for (const row of table) {
            const isEmpty = row.every((text_) => text_.trim() === '');
            const isRefused = lineBreaks === 'reject' && linesOf(row) > 1;
            expect(found.get(line)).toEqual(isEmpty ? undefined : isRefused ? 'refused' : row);
            line += linesOf(row);
          }
          const physical = text.split(LINE_END);
          const swallowed = [...found].filter(
            ([at, one]) => one === 'refused' && physical[at - 1]?.trim() === '',
          );
          expect(swallowed).toEqual([]);
          expect(reading.format()).toMatchObject({ separator, encoding: encoding.split(' ')[0], header });
        },
      ),
      { numRuns: 200 },
    );
  }, 60_000);
});
