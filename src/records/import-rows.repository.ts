import { Injectable } from '@nestjs/common';
import { Database, type Queryable } from '../database/database.js';
import { FieldCipher } from './encryption/field-cipher.js';
import {
  type LineResult,
  type ResultOutcome,
  type StoredBlock,
  blockColumns,
  decryptResults,
  insertBlocks,
  insertBlocksSql,
  toBlocks,
} from './import-results.js';

export type { LineResult, ResultOutcome } from './import-results.js';

/** A valid line: its number in the upload, and its content as it was uploaded. */
export interface ImportItem {
  readonly line: number;
  readonly dto: unknown;
  /** The cells of its row in a CSV upload. */
  readonly cells?: readonly string[];
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

/** The lines that one step of an upload stores. No line of a later step, which has a higher number, comes before one of these. */
export type Upload = {
  /** The results of invalid lines. */
  readonly invalid: readonly LineResult[];
} & (
  | { readonly chunk: NewChunk }
  /** A step without valid lines. */
  | { readonly chunk?: undefined; readonly number: number }
);

/** The results of one step of an upload, in the order of lines. */
export interface StepResults {
  readonly number: number;
  readonly results: readonly LineResult[];
}

export interface ResultQuery {
  /** Undefined returns all outcomes. */
  readonly outcomes?: readonly ResultOutcome[] | undefined;
  /** `background` if no caller waits for them. */
  readonly priority?: 'interactive' | 'background';
}

/** Blocks of results that one statement reads: about 500 lines. */
const BLOCKS_PER_PAGE = 5;

/** The encryption context of a chunk's lines. */
export function chunkContext(importId: string, number: number): string {
  return `import_chunks:${importId}:${number}`;
}

export function decryptItems(
  cipher: FieldCipher,
  importId: string,
  { number, payload }: Pick<NewChunk, 'number' | 'payload'>,
): ImportItem[] {
  return JSON.parse(cipher.decrypt(payload, chunkContext(importId, number))) as ImportItem[];
}

/** Returns the id of a line's credit, which is the same in every attempt and every process. */
export function lineCreditId(importId: string, line: number): string {
  return `import:${importId}:${line}`;
}

/** Builds the same id in SQL, for the import in `$1`. */
export function lineCreditIdInSql(line: string): string {
  return `'import:' || $1::text || ':' || ${line}`;
}

/** Lines of imports and their results. */
@Injectable()
export class ImportRowsRepository {
  constructor(
    private readonly database: Database,
    private readonly cipher: FieldCipher,
  ) {}

  /** Stores and counts one step of an upload. */
  async store(importId: string, upload: Upload): Promise<void> {
    const { chunk, invalid } = upload;
    const number = upload.chunk ? upload.chunk.number : upload.number;
    const [first, ...further] = blockColumns(toBlocks(this.cipher, importId, number, invalid));
    const write = async (to: Queryable): Promise<void> => {
      const { rowCount } = await to.query(
        `with counted as (
           update meniscus.imports set total = total + $2, invalid = invalid + $3, rejected = rejected + $3, touched_at = now()
           where id = $1 and state = 'uploading' returning id
         ), stored as (
           ${insertBlocksSql(4, 'counted')}
         ), kept as (
           insert into meniscus.import_chunks (import_id, number, first_line, lines, payload, points)
           select id, $9::int, ($10::int[])[1], $10::int[], $11::text, $12::bigint[] from counted where $9::int is not null
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
      await insertBlocks(to, importId, further);
    };
    // One statement is a transaction of its own, and saves two of three round trips.
    await (further.length === 0 ? write(this.database) : this.database.transaction(write));
  }

  /** Reads all results in the order of lines. A page is read when the results of the one before were taken. */
  async *results(
    importId: string,
    { outcomes, priority = 'interactive' }: ResultQuery = {},
  ): AsyncGenerator<StepResults> {
    const from = priority === 'background' ? this.database.background : this.database;
    const isAsked = (one: LineResult): boolean => outcomes === undefined || outcomes.includes(one.outcome);
    let last = { number: -1, firstLine: 0 };
    let results: LineResult[] = [];
    for (let isLeft = true; isLeft;) {
      // oxlint-disable-next-line no-await-in-loop -- page by page
      const { rows } = await from.query<StoredBlock>(
        `select number, first_line as "firstLine", results from meniscus.import_results
         where import_id = $1 and (number, first_line) > ($2::int, $3::int) and ($4::text[] is null or outcomes && $4)
         order by number, first_line limit ${BLOCKS_PER_PAGE}`,
        [importId, last.number, last.firstLine, outcomes ? [...outcomes] : null],
      );
      for (const block of rows) {
        // The lines of different blocks of a step alternate, and those of different steps do not.
        if (block.number !== last.number && results.length > 0) {
          yield { number: last.number, results };
          results = [];
        }
        results.push(...decryptResults(this.cipher, importId, block).filter(isAsked));
        results.sort((one, other) => one.line - other.line);
        last = block;
      }
      isLeft = rows.length === BLOCKS_PER_PAGE;
    }
    if (results.length > 0) yield { number: last.number, results };
  }

  /** Returns the valid lines of one step of the upload that were not erased. */
  async items(importId: string, number: number): Promise<ImportItem[]> {
    const { rows } = await this.database.query<Pick<NewChunk, 'number' | 'payload'>>(
      'select number, payload from meniscus.import_chunks where import_id = $1 and number = $2',
      [importId, number],
    );
    return rows.flatMap((one) => decryptItems(this.cipher, importId, one));
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
    const { rows } = await this.database.query<{
      number: number;
      payload: string;
      firstLines: number[];
      results: string[];
    }>(
      `select c.number, c.payload, f."firstLines", f.results from meniscus.import_chunks c
       cross join lateral (
         select array_agg(r.first_line order by r.first_line) as "firstLines",
           array_agg(r.results order by r.first_line) as results
         from meniscus.import_results r
         where r.import_id = c.import_id and r.number = c.number and 'failed' = any(r.outcomes)
       ) f
       where c.import_id = $1 and c.number > $2 and f."firstLines" is not null order by c.number limit 1`,
      [importId, afterNumber],
    );
    const [found] = rows;
    if (!found) return undefined;
    const { number, firstLines } = found;
    const results = found.results.flatMap((text, index) =>
      decryptResults(this.cipher, importId, { number, firstLine: firstLines[index] ?? 0, results: text }),
    );
    const failed = new Set(results.flatMap(({ line, outcome }) => (outcome === 'failed' ? [line] : [])));
    const items = decryptItems(this.cipher, importId, found).filter(({ line }) => failed.has(line));
    return { number, items };
  }
}
