import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { type Mistake, Problem } from '../../problems/problem.js';
import type { CsvForm } from '../../records/import-csv.repository.js';
import { readRow } from './csv-cells.js';
import { type Header, type HeaderRules, readHeader } from './csv-header.js';
import { LINE_TOO_LONG, MAX_LINE_BYTES, type UploadLine } from './upload-line.js';

/** What the parser returns for each row. */
interface Parsed {
  readonly info: { readonly lines: number };
  readonly record: string[];
}

const TOO_MANY_CELLS: readonly Mistake[] = [
  { pointer: '', code: 'cell-count', message: 'the row has more cells than the header has names' },
];
const NOT_UTF8: readonly Mistake[] = [{ pointer: '', code: 'encoding', message: 'the row is not UTF-8' }];

/** Maps an error of the parser to a problem without the parser's message, which quotes the row. */
function toProblem(error: unknown): unknown {
  if (!(error instanceof CsvError)) return error;
  const line = 'lines' in error ? ` at line ${String(error['lines'])}` : '';
  const reason =
    error.code === 'CSV_MAX_RECORD_SIZE'
      ? String(LINE_TOO_LONG[0]?.message)
      : 'a quote is not closed, or is inside of an unquoted cell';
  return new Problem('upload-unreadable', { detail: `The CSV cannot be read${line}: ${reason}.` });
}

/**
 * Reads CSV (RFC 4180, UTF-8) with a header of field paths. The number of a row is the line on which it ends; the
 * header is line 1.
 *
 * @param onForm called with the header before the first row
 * @throws Problem `upload-unreadable` if the header or the quotes are wrong, as the rows after it could mean anything
 */
export async function* readCsv(
  bytes: AsyncIterable<Buffer>,
  rules: HeaderRules,
  onForm: (form: CsvForm) => void,
): AsyncGenerator<UploadLine> {
  const parser = parse({
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_LINE_BYTES,
  });
  const source = Readable.from(bytes);
  source.once('error', (error) => parser.destroy(error));
  source.pipe(parser);
  let header: Header | undefined;
  try {
    for await (const { info, record } of parser as AsyncIterable<Parsed>) {
      if (header) yield readRecord(header, record, info.lines);
      else {
        header = readHeader(record, rules);
        onForm({ header: record, separator: ',', lineEnd: '\r\n' });
      }
    }
  } catch (error) {
    throw toProblem(error);
  } finally {
    source.destroy();
  }
}

function readRecord(header: Header, cells: readonly string[], line: number): UploadLine {
  if (cells.slice(header.length).some((cell) => cell !== '')) {
    return { line, cells, mistakes: TOO_MANY_CELLS };
  }
  if (cells.some((cell) => cell.includes('\u{fffd}'))) return { line, cells, mistakes: NOT_UTF8 };
  const csv = readRow(header, cells);
  return { line, cells, value: csv.value, csv };
}
