import type { Mistake } from '../../problems/problem.js';
import { readRow } from './csv-cells.js';
import { type HeaderRules, type Header as Fields, readHeader } from './csv-header.js';
import {
  countLineBreaks,
  damagedHeader,
  lineBreakInHeader,
  unknownSeparator,
  unmarkedHeader,
} from './csv-problems.js';
import type { RowText } from './row-text.js';
import { splitCells } from './split-cells.js';
import {
  type CsvOptions,
  SEPARATORS,
  SEPARATOR_NAMES,
  type SeparatorName,
  recognizeSeparator,
} from './upload-format.js';
import type { UploadLine } from './upload-line.js';

/** A header, and what its columns mean. */
interface Header {
  readonly separator: SeparatorName;
  readonly names: readonly string[];
  readonly hasNameless: boolean;
  readonly fields: Fields;
}

/** Excel's first line that names the separator. */
const SEPARATOR_LINE = /^"?sep=(.)"?$/i;
/** A row that holds nothing, whatever its separator is. */
const NOTHING = /^[\s,;"]*$/;
const LINE_BREAK = /[\r\n]/;
/** The columns of the organization's own fields, in which text of several lines has a meaning. */
const OWN_FIELD = /(?:^|\.)(?:fields|extendedFields)\./;

const isEmpty = (cell: string): boolean => cell === '' || cell.trim() === '';

const mistake = (code: Mistake['code'], message: string, column?: string): readonly Mistake[] => [
  { pointer: '', code, message, ...(column !== undefined && { column }) },
];

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

const ROW_WIDTH = 'a row is as wide as the header';

/** Reads rows by a header of field paths, which is the first row that holds something. */
export class CsvTable {
  private header: Header | undefined;
  private separatorLine: SeparatorName | undefined;

  constructor(
    private readonly rules: HeaderRules,
    private readonly options: CsvOptions,
    private readonly encoding: () => string,
  ) {}

  /** The separator and the names of the header; undefined before the header was read. */
  get columns(): Pick<Header, 'separator' | 'names'> | undefined {
    return this.header;
  }

  /** @throws Problem `upload-unreadable` if the header or a quote is wrong, as the rows after it could mean anything */
  *read(rows: readonly RowText[]): Generator<UploadLine> {
    let from = 0;
    while (!this.header) {
      const row = rows[from];
      if (!row) return;
      this.takeHeader(row);
      from += 1;
    }
    const { header } = this;
    const found = from === 0 ? rows : rows.slice(from);
    const cells = splitCells(found, header.separator);
    for (const [at, row] of found.entries()) {
      const own = cells[at] ?? [];
      if (own.every(isEmpty)) continue;
      const mistakes = this.mistakesOf(header, row, own);
      if (mistakes) yield* refuse(row, own, mistakes);
      else {
        const csv = readRow(header.fields, row.hasLineBreaks ? own.map(withLineFeeds) : own);
        yield { line: row.line, cells: own, value: csv.value, csv };
      }
    }
  }

  private takeHeader(row: RowText): void {
    if (!row.isOpen && NOTHING.test(row.text)) return;
    const named = this.separatorLine ? null : SEPARATOR_LINE.exec(row.text);
    if (named) {
      this.separatorLine = SEPARATOR_NAMES.find((name) => SEPARATORS[name] === named[1]);
      if (!this.separatorLine) throw unknownSeparator(row.line);
      return;
    }
    const separator = this.options.separator ?? this.separatorLine ?? recognizeSeparator(row.text);
    const names = splitCells([row], separator)[0] ?? [];
    if (row.isDamaged) throw damagedHeader(row, this.encoding());
    if (row.text.includes('\0')) throw unmarkedHeader();
    if (row.hasLineBreaks) throw lineBreakInHeader(row);
    const fields = readHeader(names, this.rules);
    this.header = { separator, names, hasNameless: names.some(isEmpty), fields };
  }

  private mistakesOf(
    { names, hasNameless }: Header,
    row: RowText,
    cells: readonly string[],
  ): readonly Mistake[] | undefined {
    if (row.isDamaged) return mistake('encoding', `the row is not ${this.encoding().toUpperCase()}`);
    if (cells.length !== names.length) {
      const counts = `${counted(cells.length, 'cell')}, ${counted(names.length, 'column')}`;
      if (cells.length > names.length) return mistake('cell-count', `${counts}: ${ROW_WIDTH}`);
      if (this.options.shortRows !== 'accept') {
        return mistake(
          'cell-count',
          `${counts}: ${ROW_WIDTH}; shortRows=accept takes missing cells as empty`,
        );
      }
    }
    if (hasNameless) {
      const at = cells.findIndex((cell, index) => !isEmpty(cell) && isEmpty(names[index] ?? ''));
      if (at >= 0) {
        return mistake('unnamed-column', `column ${at + 1} has a value, but no name in the header`);
      }
    }
    return row.hasLineBreaks ? this.lineBreakIn(names, row, cells) : undefined;
  }

  private lineBreakIn(
    names: readonly string[],
    { line }: RowText,
    cells: readonly string[],
  ): readonly Mistake[] | undefined {
    let opensOn = line;
    for (const [at, cell] of cells.entries()) {
      if (!LINE_BREAK.test(cell)) continue;
      const name = names[at]?.trim() ?? '';
      const isOwn = OWN_FIELD.test(name);
      if (!isOwn || this.options.lineBreaks !== 'accept') {
        const advice = isOwn ? '; lineBreaks=accept takes it' : '';
        return mistake(
          'line-break',
          `has a line break: its quote opens on line ${opensOn} in column ${at + 1}, and closes on line ${opensOn + countLineBreaks(cell)}${advice}`,
          name,
        );
      }
      opensOn += countLineBreaks(cell);
    }
    return undefined;
  }
}

/** The line breaks of a cell are those of the program that wrote the file. In a value, a line break is a line feed. */
function withLineFeeds(cell: string): string {
  return cell.replaceAll(/\r\n?/g, '\n');
}

/** Yields the mistakes of a row. Each line that its quotes swallowed is refused too, as it may have been a row. */
function* refuse(
  row: RowText,
  cells: readonly string[],
  mistakes: readonly Mistake[],
): Generator<UploadLine> {
  yield { line: row.line, cells, mistakes };
  if (!row.hasLineBreaks) return;
  for (const [at, text] of row.text.split(/\r\n|\r|\n/).entries()) {
    if (at === 0 || text.trim() === '') continue;
    yield {
      line: row.line + at,
      mistakes: mistake(
        'line-break',
        `the line is inside of a quoted cell of the row that begins on line ${row.line}`,
      ),
    };
  }
}
