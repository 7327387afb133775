import { Injectable } from '@nestjs/common';
import { CreditsRepository } from './credits.repository.js';
import { Database, type Queryable } from '../database/database.js';
import { type ImportItem, decryptItems, lineCreditId, lineCreditIdInSql } from './import-rows.repository.js';
import {
  type LineResult,
  type ResultOutcome,
  blockColumns,
  insertBlocks,
  insertBlocksSql,
  toBlocks,
} from './import-results.js';
import { type ImportState, countResultsSql } from './import-state.js';
import type { TakenImport } from './stored-import.js';
import { givingBack } from './points-of-day.repository.js';
import { FieldCipher } from './encryption/field-cipher.js';

/** Another process holds the chunk or the job now; the transaction of the caller is rolled back. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

export interface FreeChunk {
  readonly number: number;
  /** Grows when lines are erased or get results. A chunk with another revision than the one read cannot be claimed. */
  readonly revision: number;
  /** The lines without a result. */
  readonly items: readonly ImportItem[];
}

export interface NextChunk {
  readonly state: ImportState;
  /** The first chunk, in the order of lines, that is not done and not held. */
  readonly chunk?: FreeChunk;
  /** Whether any chunk is not done. */
  readonly isLeft: boolean;
}

/**
 * `taken`: another process was faster, or nothing is to be sent any more. `awaits-others`: another process holds a chunk
 * with one of the same customers.
 */
export type Claim = 'claimed' | 'taken' | 'awaits-others';

export interface ChunkResults {
  readonly number: number;
  readonly results: readonly LineResult[];
  /** The new state. `done`: all lines have results. `held`: this process goes on. `released`: any process may go on. */
  readonly chunk: 'done' | 'held' | 'released';
  /** Credits that are certain and reported by these results. */
  readonly credits: readonly string[];
  /** Bulk calls made for the chunk that were not counted before. */
  readonly calls: number;
}

/** Results of lines that are not sent any more, as JSON; equal for all lines, except for the id of the credit. */
export interface RemainingLineResults {
  readonly failed: string;
  /** For points that a killed process sent, and that were credited. */
  readonly credited: string;
  /** For points that a killed process may have sent. */
  readonly inDoubt: string;
}

/** How long a killed process keeps its chunks. */
const LEASE_MS = 10_000;

/** Chunks that one statement ends without sending them. */
const CHUNKS_PER_STATEMENT = 10;

/** States of a credit that may have been applied. */
const IN_DOUBT = ['sent', 'unknown', 'resolved'];

/** A chunk that is not done and not held. */
export const IS_FREE = `state = 'waiting' and (holder is null or held_until < clock_timestamp())`;

type Holder = Pick<TakenImport, 'id' | 'holder'>;

/** Chunks of imports: processes claim them, and record their results only while they hold them. */
@Injectable()
export class ImportChunksRepository {
  constructor(
    private readonly database: Database,
    private readonly credits: CreditsRepository,
    private readonly cipher: FieldCipher,
  ) {}

  /** Returns the state of the import, and the next chunk to work on. */
  async next(id: string): Promise<NextChunk> {
    const { rows } = await this.database.query<{
      state: ImportState;
      isLeft: boolean;
      number: number | null;
      payload: string | null;
      revision: number;
      attempts: number;
    }>(
      `select i.state, c.number, c.payload, c.revision, c.attempts, c.number is not null or exists (
         select from meniscus.import_chunks where import_id = i.id and state = 'waiting') as "isLeft"
       from meniscus.imports i left join lateral (
         select number, payload, revision, attempts from meniscus.import_chunks
         where import_id = i.id and ${IS_FREE} order by number limit 1
       ) c on true where i.id = $1`,
      [id],
    );
    const [found] = rows;
    if (!found) throw new LeaseLost();
    const { state, isLeft, number, payload, revision, attempts } = found;
    if (number === null || payload === null) return { state, isLeft };
    const items = decryptItems(this.cipher, id, { number, payload });
    const open = attempts === 0 ? items : await this.withoutResult(id, number, items);
    return { state, isLeft, chunk: { number, revision, items: open } };
  }

  /**
   * Claims a chunk, if no earlier chunk is free and no other process holds a chunk with one of its customers.
   *
   * @param keys hashes of the customers in the chunk
   */
  async claim(
    { id, holder }: Holder,
    { number, revision }: Pick<FreeChunk, 'number' | 'revision'>,
    keys: readonly number[],
  ): Promise<Claim> {
    const { rows } = await this.database.query<{ claim: Claim }>(
      'select meniscus.claim_chunk($1, $2, $3, $4, $5::int[], $6) as claim',
      [id, number, revision, holder, [...keys], LEASE_MS],
    );
    return rows[0]?.claim ?? 'taken';
  }

  /** Extends the leases of all claimed chunks; callers repeat this well within the time of a lease. */
  async keep({ id, holder }: Holder): Promise<ImportState | undefined> {
    const { rows } = await this.database.query<{ state: ImportState }>(
      // Locks in the order of numbers, because recording credits locks chunks too.
      `with held as (
         select number from meniscus.import_chunks where import_id = $1 and holder = $2 and state = 'waiting'
         order by number for no key update
       ), kept as (
         update meniscus.import_chunks c set held_until = clock_timestamp() + $3::float8 * interval '1 millisecond'
         from held where c.import_id = $1 and c.number = held.number
       ) select state from meniscus.imports where id = $1`,
      [id, holder, LEASE_MS],
    );
    return rows[0]?.state;
  }

  /**
   * Stores and counts the results of a chunk, gives back points that were not credited, and deletes the credits that the
   * results report: all or nothing.
   *
   * @throws LeaseLost
   */
  async note({ id, holder }: Holder, noted: ChunkResults): Promise<void> {
    const { number, results, chunk, credits, calls } = noted;
    const [first, ...further] = blockColumns(toBlocks(this.cipher, id, number, results));
    const notCredited = results.filter(({ outcome }) => outcome === 'rejected' || outcome === 'failed');
    const count = (kind: ResultOutcome): number => results.filter(({ outcome }) => outcome === kind).length;
    const write = async (to: Queryable): Promise<void> => {
      const { rowCount } = await to.query(
        `with held as (
           update meniscus.import_chunks set
             state = case when $4 = 'done' then 'done' else state end,
             holder = case when $4 = 'held' then holder end,
             held_until = case when $4 = 'held' then held_until end,
             revision = revision + 1
           where import_id = $1 and number = $2 and holder = $3 and state = 'waiting' returning number
         ), counted as (
           update meniscus.imports
           set ${countResultsSql({ updated: '$5', rejected: '$6', failed: '$7', unknown: '$8' })}, calls = calls + $9
           where id = $1 and exists (select from held)
         ), stored as (
           ${insertBlocksSql(10, 'held')}
         ) select from held`,
        [
          id,
          number,
          holder,
          chunk,
          count('updated'),
          count('rejected'),
          count('failed'),
          count('unknown'),
          calls,
          ...first,
        ],
      );
      if (rowCount !== 1) throw new LeaseLost();
      await insertBlocks(to, id, further);
      if (credits.length > 0) await this.credits.forget(credits, to);
      if (notCredited.length === 0) return;
      await to.query(
        givingBack(`select l.points from meniscus.import_chunks c, unnest(c.lines, c.points) as l(line, points)
          where c.import_id = $1 and c.number = $2 and l.line = any($3::int[])`),
        [id, number, notCredited.map(({ line }) => line)],
      );
    };
    // One statement is a transaction of its own, and saves two of three round trips.
    const isOne = further.length + credits.length + notCredited.length === 0;
    await (isOne ? write(this.database) : this.database.transaction(write));
  }

  /**
   * Ends the next free chunks without sending them: records their lines as failed, and gives back their points. If a
   * killed process sent the points of a line, the line gets the outcome of its credit instead.
   *
   * @returns false when no free chunk is left
   */
  async failRemainingLines(id: string, remaining: RemainingLineResults): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      // A separate statement: the next one sees every credit recorded before the lock, and none is recorded after it.
      const { rows: due } = await tx.query<{ number: number }>(
        `select number from meniscus.import_chunks
         where import_id = $1 and ${IS_FREE} order by number limit ${CHUNKS_PER_STATEMENT} for update skip locked`,
        [id],
      );
      const numbers = due.map(({ number }) => number);
      const { rows: open } = await tx.query<{ number: number; line: number; credit: string | null }>(
        `select n.number, n.line, c.state as credit
         from (
           select number, unnest(lines) as line from meniscus.import_chunks
           where import_id = $1::uuid and number = any($2::int[])
         ) n
         left join meniscus.credits c on c.id = ${lineCreditIdInSql('n.line')}
         where not exists (
           select from meniscus.import_results r
           where r.import_id = $1::uuid and r.number = n.number and n.line = any(r.lines))`,
        [id, numbers],
      );
      const resultsOf = (number: number): LineResult[] =>
        open.flatMap((one) =>
          one.number === number ? [resultOfRemainingLine(id, one.line, one.credit, remaining)] : [],
        );
      const results = numbers.map((number) => ({ number, results: resultsOf(number) }));
      const blocks = results.flatMap((one) => toBlocks(this.cipher, id, one.number, one.results));
      await insertBlocks(tx, id, blockColumns(blocks));
      const added = results.flatMap((one) => one.results);
      await tx.query(
        `with added as (
           select * from unnest($2::int[], $3::text[]) as a(line, outcome)
         ), counted as (
           update meniscus.imports set ${countResultsSql({
             failed: countAdded('failed'),
             updated: countAdded('updated'),
             unknown: countAdded('unknown'),
           })}
           where id = $1
         ), forgotten as (
           delete from meniscus.credits c using added a
           where c.id = ${lineCreditIdInSql('a.line')} and c.state <> all($5::text[])
         ), given_back as (
           ${givingBack(`select l.points from meniscus.import_chunks c
             cross join lateral unnest(c.lines, c.points) as l(line, points) join added using (line)
             where c.import_id = $1 and c.number = any($4::int[]) and added.outcome = 'failed'`)}
         )
         update meniscus.import_chunks set state = 'done', holder = null where import_id = $1 and number = any($4::int[])`,
        [id, added.map(({ line }) => line), added.map(({ outcome }) => outcome), numbers, IN_DOUBT],
      );
      return due.length === CHUNKS_PER_STATEMENT;
    });
  }

  private async withoutResult(
    id: string,
    number: number,
    items: readonly ImportItem[],
  ): Promise<ImportItem[]> {
    const { rows } = await this.database.query<{ lines: number[] }>(
      'select lines from meniscus.import_results where import_id = $1 and number = $2',
      [id, number],
    );
    const done = new Set(rows.flatMap(({ lines }) => lines));
    return items.filter(({ line }) => !done.has(line));
  }
}

/** Counts the results of one outcome in a statement's `added`. */
function countAdded(outcome: ResultOutcome): string {
  return `(select count(*) from added where outcome = '${outcome}')`;
}

function resultOfRemainingLine(
  importId: string,
  line: number,
  credit: string | null,
  { failed, credited, inDoubt }: RemainingLineResults,
): LineResult {
  if (credit === 'credited') return { line, outcome: 'updated', result: credited };
  if (credit === null || !IN_DOUBT.includes(credit)) return { line, outcome: 'failed', result: failed };
  const result = { ...(JSON.parse(inDoubt) as object), creditId: lineCreditId(importId, line) };
  return { line, outcome: 'unknown', result: JSON.stringify(result) };
}
