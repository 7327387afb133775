import { Problem } from '../../problems/problem.js';
import type { RowText } from './row-text.js';
import type { SeparatorName } from './upload-format.js';
import { LINE_TOO_LONG } from './upload-line.js';

/** A quoted cell, and cells with what ends them; the flag `y` matches at one place only. */
const QUOTED = /"[^"]*(?:""[^"]*)*"/y;
const CELLS: Readonly<Record<SeparatorName, RegExp>> = {
  comma: /(?:"[^"]*(?:""[^"]*)*"|[^",\r\n]*)(?:\r\n|[,\r\n])/y,
  semicolon: /(?:"[^"]*(?:""[^"]*)*"|[^";\r\n]*)(?:\r\n|[;\r\n])/y,
  tab: /(?:"[^"]*(?:""[^"]*)*"|[^"\t\r\n]*)(?:\r\n|[\t\r\n])/y,
};

function unreadable(reason: string): Problem {
  return new Problem('upload-unreadable', { detail: `The CSV cannot be read: ${reason}.` });
}

export function tooLong(line: number): Problem {
  return unreadable(`line ${line}: ${LINE_TOO_LONG[0]?.message}`);
}

/** Returns the number of line breaks in a text. CRLF is one. */
export function countLineBreaks(text: string): number {
  return text.match(/\r\n|\r|\n/g)?.length ?? 0;
}

export function damagedHeader({ line, text }: RowText, encoding: string): Problem {
  const at = text.indexOf('\u{fffd}');
  const lastBreak = Math.max(text.lastIndexOf('\n', at), text.lastIndexOf('\r', at));
  const position = `character ${at - lastBreak} of line ${line + countLineBreaks(text.slice(0, at))}`;
  return unreadable(
    `the header is not ${encoding.toUpperCase()} at ${position}; save the file as UTF-8, or name its charset in Content-Type`,
  );
}

/** UTF-16 has a NUL beside each letter. */
export function unmarkedHeader(): Problem {
  return unreadable(
    'the header has NUL characters, as UTF-16 without a byte order mark has; save the file as UTF-8, or name its charset in Content-Type',
  );
}

export function lineBreakInHeader({ line }: RowText): Problem {
  return unreadable(`the header has a line break in a cell; its first quote opens on line ${line}`);
}

export function unknownSeparator(line: number): Problem {
  return unreadable(`line ${line} names a separator that is not a comma, a semicolon or a tab`);
}

/**
 * Says which quote makes a row unreadable, and where. The message of the parser is not used, because it quotes the row,
 * and counts the lines of quoted cells in another way.
 */
export function quoteMistake({ line, text }: RowText, separator: SeparatorName): Problem {
  const lineAt = (at: number): number => line + countLineBreaks(text.slice(0, at));
  const cells = CELLS[separator];
  cells.lastIndex = 0;
  let at = 0;
  while (cells.test(text)) at = cells.lastIndex;
  if (text[at] !== '"') {
    return unreadable(`line ${lineAt(text.indexOf('"', at))}: a quote is inside of an unquoted cell`);
  }
  QUOTED.lastIndex = at;
  if (!QUOTED.test(text)) return unreadable(`the quote that opens on line ${lineAt(at)} is never closed`);
  return unreadable(
    `line ${lineAt(QUOTED.lastIndex)}: text follows the closing quote of a cell, which opens on line ${lineAt(at)}`,
  );
}
