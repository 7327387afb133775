import type { Mistake } from '../../problems/problem.js';
import type { CsvRow } from './csv-cells.js';

/** One line of an upload: its value, or the mistakes because of which it has none. */
export type UploadLine = {
  readonly line: number;
  /** The cells of a CSV row as they were read, before they became a value. */
  readonly cells?: readonly string[];
  /** A row of CSV that has a value, by which mistakes in the value are found in the file. */
  readonly csv?: CsvRow;
} & ({ readonly value: unknown } | { readonly mistakes: readonly Mistake[] });

/** Our bound. An association with 1,000 children and all their fields is smaller. */
export const MAX_LINE_BYTES = 1024 * 1024;

export const LINE_TOO_LONG: readonly Mistake[] = [
  {
    pointer: '',
    code: 'too-long',
    params: { max: MAX_LINE_BYTES },
    message: `the line is over the limit of ${MAX_LINE_BYTES} bytes`,
  },
];
