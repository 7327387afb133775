/** A row of CSV before it is split into cells. */
export interface RowText {
  /** The line on which it begins, from 1. */
  readonly line: number;
  /** Its lines, with the line ends between them. */
  readonly text: string;
  readonly hasQuotes: boolean;
  readonly hasLineBreaks: boolean;
  /** Whether it has bytes that are not of the encoding. */
  readonly isDamaged: boolean;
  /** Whether a quote of it is not closed within the limit of a row, or before the upload ends. */
  readonly isOpen: boolean;
}
