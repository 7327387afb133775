import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { type Mistake, Problem } from '../../problems/problem.js';
import { readHeader, readRow } from './csv-columns.js';
import { LINE_TOO_LONG, MAX_LINE_BYTES, type ReadLine } from './read-line.js';

/** What the parser says of each row beside its cells. */
interface Parsed {
  readonly info: { readonly lines: number };
  readonly record: string[];
}

const TOO_MANY_CELLS: readonly Mistake[] = [
  { pointer: '', message: 'the row has more cells than the header has names' },
];
const NOT_UTF8: readonly Mistake[] = [{ pointer: '', message: 'the row is not UTF-8' }];

/** The parser's own words quote the row. */
function unreadable(error: unknown): unknown {
  if (!(error instanceof CsvError)) return error;
  const line = 'lines' in error ? ` at line ${String(error['lines'])}` : '';
  const what =
    error.code === 'CSV_MAX_RECORD_SIZE'
      ? String(LINE_TOO_LONG[0]?.message)
      : 'a quote is not closed or stands alone';
  return new Problem('upload-unreadable', { detail: `The CSV cannot be read${line}: ${what}.` });
}

/**
 * Reads CSV (RFC 4180, UTF-8) with a header of field paths. A row is numbered by the line on which it ends, the header
 * being line 1.
 *
 * @throws Problem `upload-unreadable` where the header or the quotes are wrong: what follows could mean anything
 */
export async function* readCsv(bytes: AsyncIterable<Buffer>): AsyncGenerator<ReadLine> {
  const parser = parse({
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_LINE_BYTES,
  });
  const source = Readable.from(bytes);
  source.once('error', (error) => parser.destroy(error));
  source.pipe(parser);
  let header: ReturnType<typeof readHeader> | undefined;
  try {
    for await (const { info, record } of parser as AsyncIterable<Parsed>) {
      if (header) yield readRecord(header, record, info.lines);
      else header = readHeader(record);
    }
  } catch (error) {
    throw unreadable(error);
  } finally {
    source.destroy();
  }
}

function readRecord(header: ReturnType<typeof readHeader>, cells: readonly string[], line: number): ReadLine {
  if (cells.slice(header.length).some((cell) => cell !== '')) return { line, mistakes: TOO_MANY_CELLS };
  if (cells.some((cell) => cell.includes('\u{fffd}'))) return { line, mistakes: NOT_UTF8 };
  return { line, value: readRow(header, cells) };
}
