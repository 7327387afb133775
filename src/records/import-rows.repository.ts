import { Injectable } from '@nestjs/common';
import { Database, type Queryable } from '../database/database.js';
import { FieldCipher } from './encryption/field-cipher.js';

/** A valid line: its number in the upload, and its content as it was uploaded. */
export interface ImportItem {
  readonly line: number;
  readonly dto: unknown;
}

/** Lines that are processed together. */
export interface NewChunk {
  readonly number: number;
  /** The numbers of its lines, ascending. */
  readonly lines: readonly number[];
  /** The points of each line that count for the day; absent if they are not counted. */
  readonly points?: readonly number[];
  /** `ImportItem[]` as JSON. */
  readonly payload: string;
}

export type ResultOutcome = 'updated' | 'rejected' | 'failed' | 'unknown';

/** The result of a line. */
export interface LineResult {
  readonly line: number;
  readonly outcome: ResultOutcome;
  /** The outcome with all its details, as JSON. */
  readonly result: string;
}

/** The lines that one step of an upload stores. */
export interface Upload {
  readonly chunk?: NewChunk | undefined;
  /** The results of invalid lines. */
  readonly invalid: readonly LineResult[];
}

export interface ResultQuery {
  /** Undefined returns all outcomes. */
  readonly outcome?: ResultOutcome | undefined;
  /** `background` if no caller waits for them. */
  readonly priority?: 'interactive' | 'background';
}

/** Larger statements block the embedded database for too long. */
const MAX_STATEMENT_CHARACTERS = 400_000;

/** Splits results so that no statement is too large; a result that is too large by itself gets a statement of its own. */
function inStatements(results: readonly LineResult[]): LineResult[][] {
  const statements: LineResult[][] = [];
  let charactersLeft = 0;
  for (const one of results) {
    if (charactersLeft < one.result.length) {
      statements.push([]);
      charactersLeft = MAX_STATEMENT_CHARACTERS;
    }
    charactersLeft -= one.result.length;
    statements.at(-1)?.push(one);
  }
  return statements;
}

/** The encryption context of a chunk's lines. */
export function chunkContext(importId: string, number: number): string {
  return `import_chunks:${importId}:${number}`;
}

/** The encryption context of a result. */
export function resultContext(importId: string, line: number): string {
  return `import_results:${importId}:${line}`;
}

export function decryptItems(
  cipher: FieldCipher,
  importId: string,
  { number, payload }: Pick<NewChunk, 'number' | 'payload'>,
): ImportItem[] {
  return JSON.parse(cipher.decrypt(payload, chunkContext(importId, number))) as ImportItem[];
}

export function decryptResult(cipher: FieldCipher, importId: string, stored: LineResult): LineResult {
  return { ...stored, result: cipher.decrypt(stored.result, resultContext(importId, stored.line)) };
}

/** Returns the id of a line's credit, which is the same in every attempt and every process. */
export function lineCreditId(importId: string, line: number): string {
  return `import:${importId}:${line}`;
}

/** Builds the same id in SQL, for the import in `$1`. */
export function lineCreditIdInSql(line: string): string {
  return `'import:' || $1::text || ':' || ${line}`;
}

/** Results as the parameters of one statement. */
export type ResultColumns = readonly [lines: number[], outcomes: ResultOutcome[], results: string[]];

/** Encrypts results, and splits them into the parameters of at least one statement. */
export function resultColumns(
  cipher: FieldCipher,
  importId: string,
  results: readonly LineResult[],
): readonly [ResultColumns, ...ResultColumns[]] {
  const encrypted = results.map((one) => ({
    ...one,
    result: cipher.encrypt(one.result, resultContext(importId, one.line)),
  }));
  const [first = [], ...further] = inStatements(encrypted);
  const columnsOf = (some: readonly LineResult[]): ResultColumns => [
    some.map(({ line }) => line),
    some.map(({ outcome }) => outcome),
    some.map(({ result }) => result),
  ];
  return [columnsOf(first), ...further.map(columnsOf)];
}

/** Inserts results as part of a transaction. It fails if a line has a result already. */
export async function insertResults(tx: Queryable, importId: string, columns: ResultColumns): Promise<void> {
  await tx.query(
    `insert into meniscus.import_results (import_id, line, outcome, result)
     select $1::uuid, line, outcome, result from unnest($2::int[], $3::text[], $4::text[]) as n(line, outcome, result)`,
    [importId, ...columns],
  );
}

/** Lines of imports and their results. */
@Injectable()
export class ImportRowsRepository {
  constructor(
    private readonly database: Database,
    private readonly cipher: FieldCipher,
  ) {}

  /** Stores and counts one step of an upload. */
  async store(importId: string, { chunk, invalid }: Upload): Promise<void> {
    const [first, ...further] = resultColumns(this.cipher, importId, invalid);
    const write = async (to: Queryable): Promise<void> => {
      const { rowCount } = await to.query(
        `with counted as (
           update meniscus.imports set total = total + $2, invalid = invalid + $3, rejected = rejected + $3, touched_at = now()
           where id = $1 and state = 'uploading' returning id
         ), stored as (
           insert into meniscus.import_results (import_id, line, outcome, result)
           select id, n.line, n.outcome, n.result
           from counted, unnest($4::int[], $5::text[], $6::text[]) as n(line, outcome, result)
         ), kept as (
           insert into meniscus.import_chunks (import_id, number, first_line, lines, payload, points)
           select id, $7::int, ($8::int[])[1], $8::int[], $9::text, $10::bigint[] from counted where $7::int is not null
         )
         select from counted`,
        [
          importId,
          invalid.length + (chunk?.lines.length ?? 0),
          invalid.length,
          ...first,
          chunk?.number ?? null,
          chunk ? [...chunk.lines] : null,
          chunk ? this.cipher.encrypt(chunk.payload, chunkContext(importId, chunk.number)) : null,
          chunk?.points ? [...chunk.points] : null,
        ],
      );
      if (rowCount !== 1) throw new Error('the import was discarded during its upload');
      // oxlint-disable-next-line no-await-in-loop -- one transaction
      for (const columns of further) await insertResults(to, importId, columns);
    };
    // One statement is a transaction of its own, and saves two of three round trips.
    await (further.length === 0 ? write(this.database) : this.database.transaction(write));
  }

  /** Returns a page of results in the order of lines. */
  async results(
    importId: string,
    afterLine: number,
    limit: number,
    { outcome, priority = 'interactive' }: ResultQuery = {},
  ): Promise<LineResult[]> {
    const from = priority === 'background' ? this.database.background : this.database;
    const { rows } = await from.query<LineResult>(
      `select line, outcome, result from meniscus.import_results
       where import_id = $1 and line > $2 and ($4::text is null or outcome = $4) order by line limit $3`,
      [importId, afterLine, limit, outcome ?? null],
    );
    return rows.map((row) => decryptResult(this.cipher, importId, row));
  }

  /**
   * Returns the failed lines of the next chunk that has any.
   *
   * @returns undefined after the last chunk
   */
  async failedItems(
    importId: string,
    afterNumber: number,
  ): Promise<{ number: number; items: ImportItem[] } | undefined> {
    const { rows } = await this.database.query<{ number: number; payload: string; lines: number[] }>(
      `select c.number, c.payload, f.lines from meniscus.import_chunks c
       cross join lateral (
         select array_agg(r.line) as lines from meniscus.import_results r
         where r.import_id = c.import_id and r.outcome = 'failed' and r.line = any(c.lines)
       ) f
       where c.import_id = $1 and c.number > $2 and f.lines is not null order by c.number limit 1`,
      [importId, afterNumber],
    );
    const [found] = rows;
    if (!found) return undefined;
    const failed = new Set(found.lines);
    const items = decryptItems(this.cipher, importId, found).filter(({ line }) => failed.has(line));
    return { number: found.number, items };
  }
}
