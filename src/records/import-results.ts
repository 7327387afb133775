import type { Queryable } from '../database/database.js';
import type { FieldCipher } from './encryption/field-cipher.js';

export type ResultOutcome = 'updated' | 'rejected' | 'failed' | 'unknown';

/** The result of a line. */
export interface LineResult {
  readonly line: number;
  readonly outcome: ResultOutcome;
  /** The outcome with all its details, as JSON without line breaks. */
  readonly result: string;
  /** The cells of the row that is not valid, as JSON. Those of a valid row are in its chunk. */
  readonly row?: string;
}

/** Results of one step of the upload that were recorded together. They are encrypted as one text. */
interface Block {
  /** The number of the step, which is that of its chunk. */
  readonly number: number;
  /** Distinguishes the blocks of a step, as no line has two results. */
  readonly firstLine: number;
  readonly lines: readonly number[];
  /** The outcomes that occur in it. */
  readonly outcomes: readonly ResultOutcome[];
  /** The encrypted text. */
  readonly results: string;
}

/** What is needed to decrypt a block. */
export type StoredBlock = Pick<Block, 'number' | 'firstLine' | 'results'>;

/** Larger texts and statements block the event loop and the embedded database for too long. */
export const MAX_CHARACTERS = 400_000;

/** The encryption context of a block. The text itself says which lines its results belong to. */
export function blockContext(importId: string, number: number, firstLine: number): string {
  return `import_results:${importId}:${number}:${firstLine}`;
}

/** Splits a list so that no part has more characters; an element that has more by itself gets a part of its own. */
function inParts<T>(all: readonly T[], sizeOf: (one: T) => number): T[][] {
  const parts: T[][] = [];
  let charactersLeft = 0;
  for (const one of all) {
    const characters = sizeOf(one);
    if (charactersLeft < characters || parts.length === 0) {
      parts.push([]);
      charactersLeft = MAX_CHARACTERS;
    }
    charactersLeft -= characters;
    parts.at(-1)?.push(one);
  }
  return parts;
}

/** Separates a result from its row. JSON without line breaks never contains it. */
const BEFORE_ROW = '\t';

/** Encrypts the text of a block, one line for each result. JSON is neither parsed nor built again when it is read. */
export function encryptResults(
  cipher: FieldCipher,
  importId: string,
  { number, firstLine }: Pick<Block, 'number' | 'firstLine'>,
  results: readonly LineResult[],
): string {
  const text = results
    .map(
      ({ line, outcome, result, row }) =>
        `${line} ${outcome} ${result}${row === undefined ? '' : BEFORE_ROW + row}`,
    )
    .join('\n');
  return cipher.encrypt(text, blockContext(importId, number, firstLine));
}

/** Returns the results of a block, in the order of lines. */
export function decryptResults(cipher: FieldCipher, importId: string, block: StoredBlock): LineResult[] {
  const text = cipher.decrypt(block.results, blockContext(importId, block.number, block.firstLine));
  return text.split('\n').map((one) => {
    const afterLine = one.indexOf(' ');
    const afterOutcome = one.indexOf(' ', afterLine + 1);
    const afterResult = one.indexOf(BEFORE_ROW, afterOutcome + 1);
    return {
      line: Number(one.slice(0, afterLine)),
      outcome: one.slice(afterLine + 1, afterOutcome) as ResultOutcome,
      result: one.slice(afterOutcome + 1, afterResult < 0 ? undefined : afterResult),
      ...(afterResult >= 0 && { row: one.slice(afterResult + 1) }),
    };
  });
}

/** Encrypts the results of one step, as few blocks. */
export function toBlocks(
  cipher: FieldCipher,
  importId: string,
  number: number,
  results: readonly LineResult[],
): Block[] {
  const inOrder = results.toSorted((one, other) => one.line - other.line);
  return inParts(inOrder, ({ result, row = '' }) => result.length + row.length).map((part) => {
    const lines = part.map(({ line }) => line);
    const firstLine = lines[0] ?? 0;
    return {
      number,
      firstLine,
      lines,
      outcomes: [...new Set(part.map(({ outcome }) => outcome))],
      results: encryptResults(cipher, importId, { number, firstLine }, part),
    };
  });
}

/** Blocks as the parameters of one statement. SQL has no list of lists of different lengths, so these are text. */
export type BlockColumns = readonly [
  numbers: number[],
  firstLines: number[],
  lines: string[],
  outcomes: string[],
  results: string[],
];

/** Splits blocks into the parameters of at least one statement. */
export function blockColumns(blocks: readonly Block[]): readonly [BlockColumns, ...BlockColumns[]] {
  const [first = [], ...further] = inParts(blocks, ({ results }) => results.length);
  const columnsOf = (some: readonly Block[]): BlockColumns => [
    some.map(({ number }) => number),
    some.map(({ firstLine }) => firstLine),
    some.map(({ lines }) => `{${lines.join(',')}}`),
    some.map(({ outcomes }) => `{${outcomes.join(',')}}`),
    some.map(({ results }) => results),
  ];
  return [columnsOf(first), ...further.map(columnsOf)];
}

/** Joins the parameters of several statements into those of one. */
export function joinColumns(statements: readonly BlockColumns[]): BlockColumns {
  return [
    statements.flatMap(([numbers]) => numbers),
    statements.flatMap(([, firstLines]) => firstLines),
    statements.flatMap(([, , lines]) => lines),
    statements.flatMap(([, , , outcomes]) => outcomes),
    statements.flatMap(([, , , , results]) => results),
  ];
}

/** Returns how long the encrypted texts of a statement are. */
export function charactersOf([, , , , results]: BlockColumns): number {
  return results.reduce((sum, { length }) => sum + length, 0);
}

/**
 * Builds the SQL that inserts blocks into the import in `$1`. It fails if a block is stored already.
 *
 * @param firstParameter the number of the first of the five parameters of `BlockColumns`
 * @param onlyIf a table of the statement, with a condition on the block `n`: without a row in it, the block is not inserted
 */
export function insertBlocksSql(firstParameter: number, onlyIf?: string): string {
  const types = ['int', 'int', 'text', 'text', 'text'];
  const lists = types.map((type, index) => `$${firstParameter + index}::${type}[]`);
  return `insert into meniscus.import_results (import_id, number, first_line, lines, outcomes, results)
    select $1::uuid, n.number, n.first_line, n.lines::int[], n.outcomes::text[], n.results
    from unnest(${lists.join(', ')}) as n(number, first_line, lines, outcomes, results)
    ${onlyIf === undefined ? '' : `where exists (select from ${onlyIf})`}`;
}

/** Inserts blocks as part of a transaction. */
export async function insertBlocks(
  tx: Queryable,
  importId: string,
  statements: readonly BlockColumns[],
): Promise<void> {
  for (const columns of statements) {
    // oxlint-disable-next-line no-await-in-loop -- one transaction
    await tx.query(insertBlocksSql(2), [importId, ...columns]);
  }
}
