import { CsvError } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import { quoteMistake } from './csv-problems.js';
import type { RowText } from './row-text.js';
import { SEPARATORS, type SeparatorName } from './upload-format.js';

/** Parses rows with quotes. Their own line breaks are inside of quotes, so a line feed can separate the rows. */
function parseQuoted(rows: readonly RowText[], separator: SeparatorName): string[][] {
  return parse(rows.map(({ text }) => text).join('\n'), {
    delimiter: SEPARATORS[separator],
    record_delimiter: '\n',
    relax_column_count: true,
  });
}

/** Parses one row alone. @throws Problem `upload-unreadable` that says which quote is wrong */
function parseAlone(row: RowText, separator: SeparatorName): string[] {
  try {
    if (!row.isOpen) return parseQuoted([row], separator)[0] ?? [];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
  }
  throw quoteMistake(row, separator);
}

/** Splits the rows with quotes. All of them are parsed at once, as the parser takes longer to begin than to read a row. */
function splitQuoted(rows: readonly RowText[], separator: SeparatorName): string[][] {
  if (rows.length === 0) return [];
  try {
    if (rows.length > 1) return parseQuoted(rows, separator);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
  }
  return rows.map((row) => parseAlone(row, separator));
}

/**
 * Splits rows into cells. A row without a quote needs no parser.
 *
 * @throws Problem `upload-unreadable` if a quote is inside of an unquoted cell, followed by text, or never closed
 */
export function splitCells(rows: readonly RowText[], separator: SeparatorName): string[][] {
  const parsed = splitQuoted(
    rows.filter(({ hasQuotes }) => hasQuotes),
    separator,
  );
  let next = 0;
  return rows.map(({ hasQuotes, text }) => {
    if (!hasQuotes) return text.split(SEPARATORS[separator]);
    next += 1;
    return parsed[next - 1] ?? [];
  });
}
