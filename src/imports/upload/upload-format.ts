import type { CsvForm } from '../../records/import-csv.repository.js';

/** The separators that CSV may have. */
export const SEPARATORS = { comma: ',', semicolon: ';', tab: '\t' } as const;
export type SeparatorName = keyof typeof SEPARATORS;
export const SEPARATOR_NAMES = Object.keys(SEPARATORS) as SeparatorName[];

/** What the caller says about a CSV file. What it does not say is recognized, or refused. */
export interface CsvOptions {
  /** Recognized from the header without it. */
  readonly separator?: SeparatorName | undefined;
  /** `accept` takes the cells that a row does not have as empty. */
  readonly shortRows?: 'accept' | 'reject' | undefined;
  /** `accept` takes line breaks in cells of the organization's own fields. */
  readonly lineBreaks?: 'accept' | 'reject' | undefined;
}

/** What was recognized in a CSV file. */
export interface UploadFormat {
  readonly separator: SeparatorName;
  /** The name of the encoding in the WHATWG Encoding Standard. */
  readonly encoding: string;
  readonly lineEnds: 'lf' | 'crlf' | 'cr' | 'mixed';
  /** The header as it is in the file, including empty names. */
  readonly header: readonly string[];
}

/** Returns the separator of a header: the one that it has most often outside of quotes. */
export function recognizeSeparator(header: string): SeparatorName {
  const unquoted = header.replaceAll(/"[^"]*"/g, '');
  const countOf = (name: SeparatorName): number => unquoted.split(SEPARATORS[name]).length;
  return SEPARATOR_NAMES.reduce((best, name) => (countOf(name) > countOf(best) ? name : best));
}

const LINE_ENDS = { lf: '\n', crlf: '\r\n', cr: '\r', mixed: '\r\n' } as const;

/** Returns how a repair file is written, so that it looks like the upload. */
export function toCsvForm(format: UploadFormat | undefined): CsvForm | undefined {
  if (!format) return undefined;
  const { header, separator, lineEnds } = format;
  return { header, separator: SEPARATORS[separator], lineEnd: LINE_ENDS[lineEnds] };
}
