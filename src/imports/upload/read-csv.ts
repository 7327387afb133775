import type { HeaderRules } from './csv-header.js';
import { CsvTable } from './csv-table.js';
import { RowGatherer } from './gather-rows.js';
import type { RowText } from './row-text.js';
import { LineSplitter, type PhysicalLine } from './split-lines.js';
import type { CsvOptions, UploadFormat } from './upload-format.js';
import type { UploadLine } from './upload-line.js';

/**
 * Reads CSV (RFC 4180) with a header of field paths. The number of a row is the line on which it begins, where a line
 * ends with LF, CRLF or CR.
 */
export class CsvReader {
  private readonly gatherer = new RowGatherer(() => this.encoding() !== 'utf-8');
  private readonly table: CsvTable;

  /** @param encoding the name of the encoding that was converted to UTF-8 */
  constructor(
    rules: HeaderRules,
    options: CsvOptions,
    private readonly encoding: () => string,
  ) {
    this.table = new CsvTable(rules, options, encoding);
  }

  /** What was recognized; undefined before the header was read. */
  get format(): UploadFormat | undefined {
    const { columns } = this.table;
    if (!columns) return undefined;
    const { separator, names: header } = columns;
    return { separator, encoding: this.encoding(), lineEnds: this.gatherer.lineEnds, header };
  }

  /** @throws Problem `upload-unreadable` if the header or a quote is wrong, as the rows after it could mean anything */
  async *read(bytes: AsyncIterable<Buffer>): AsyncGenerator<UploadLine> {
    const splitter = new LineSplitter();
    for await (const piece of bytes) {
      for (const one of this.table.read(this.gather(splitter.split(piece)))) yield one;
    }
    const rows = this.gather(splitter.end());
    const open = this.gatherer.end();
    for (const one of this.table.read(open ? [...rows, open] : rows)) yield one;
  }

  /** Gathers the rows that end within these lines. No line follows an open row, because reading it throws. */
  private gather(lines: Iterable<PhysicalLine>): RowText[] {
    const rows: RowText[] = [];
    for (const line of lines) {
      const row = this.gatherer.add(line);
      if (row) rows.push(row);
      if (row?.isOpen) break;
    }
    return rows;
  }
}
