import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Batcher } from '../database/batcher.js';
import { CreditsRepository } from './credits.repository.js';
import { Database, type Queryable } from '../database/database.js';
import { type ImportItem, decryptItems, lineCreditId, lineCreditIdInSql } from './import-rows.repository.js';
import {
  type BlockColumns,
  type LineResult,
  type ResultOutcome,
  MAX_CHARACTERS,
  blockColumns,
  charactersOf,
  insertBlocks,
  insertBlocksSql,
  joinColumns,
  toBlocks,
} from './import-results.js';
import { CHANGED, type ImportState, countResultsSql } from './import-state.js';
import type { TakenImport, WaitingFor } from './stored-import.js';
import { givingBack } from './points-of-day.repository.js';
import { Metrics } from '../observability/metrics/metrics.js';
import { FieldCipher } from './encryption/field-cipher.js';

/** Another process holds the chunk or the job now; the transaction of the caller is rolled back. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** How many answers about a line failed, by the number of the line; a line without any is absent. */
export type AnswerCounts = Readonly<Record<string, number>>;

/** What a process notes about an import while it works on it. */
export interface Progress {
  /** Undefined while it waits for nothing. */
  readonly waitingFor: WaitingFor | undefined;
  /** By the numbers of chunks; a chunk without a change of its counts is absent. */
  readonly answerCounts: ReadonlyMap<number, AnswerCounts>;
}

export interface FreeChunk {
  readonly number: number;
  /** Grows when lines are erased or get results. A chunk with another revision than the one read cannot be claimed. */
  readonly revision: number;
  /** The lines without a result. */
  readonly items: readonly ImportItem[];
  /** How many answers about each line failed so far; absent if none did. */
  readonly answerCounts?: AnswerCounts;
}

export interface NextChunks {
  readonly state: ImportState;
  /** The first chunks, in the order of lines, that are not done and not held. */
  readonly chunks: readonly FreeChunk[];
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
  /** How many of the lines with these results were in a bulk call. */
  readonly sent: number;
  /** How many answers about each line failed so far; absent if that did not change. */
  readonly answerCounts?: AnswerCounts;
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

/** A chunk to claim. */
export interface WantedChunk extends Pick<FreeChunk, 'number' | 'revision'> {
  /** Hashes of its customers. */
  readonly keys: readonly number[];
}

/** The results of a chunk, encrypted in one statement. */
interface Note extends Holder {
  readonly noted: ChunkResults;
  readonly blocks: BlockColumns;
}

/** Notes that one statement stores. All of them change the row of the import, so they would wait for one another anyway. */
const NOTES_PER_STATEMENT = 8;
/** One import must not wait for the notes of another. */
const CONCURRENT_NOTES = 4;

/** Chunks of imports: processes claim them, and record their results only while they hold them. */
@Injectable()
export class ImportChunksRepository {
  private readonly notes = new Batcher<Note, boolean>({
    loadMany: (notes) => storeNotes(this.database, notes),
    fits: fitsNotes,
    maxBatchSize: NOTES_PER_STATEMENT,
    concurrency: CONCURRENT_NOTES,
  });

  constructor(
    private readonly database: Database,
    private readonly credits: CreditsRepository,
    private readonly cipher: FieldCipher,
    private readonly metrics: Metrics,
  ) {}

  /** Returns the state of the import, and the next chunks to work on. */
  async next(id: string, limit: number): Promise<NextChunks> {
    const { rows } = await this.database.query<{
      state: ImportState;
      isLeft: boolean;
      number: number | null;
      payload: string | null;
      revision: number;
      attempts: number;
      answerCounts: AnswerCounts | null;
    }>(
      `select i.state, c.number, c.payload, c.revision, c.attempts, c.answer_counts as "answerCounts", c.number is not null or exists (
         select from meniscus.import_chunks where import_id = i.id and state = 'waiting') as "isLeft"
       from meniscus.imports i left join lateral (
         select number, payload, revision, attempts, answer_counts from meniscus.import_chunks
         where import_id = i.id and ${IS_FREE} order by number limit $2
       ) c on true where i.id = $1 order by c.number`,
      [id, limit],
    );
    const [first] = rows;
    if (!first) throw new LeaseLost();
    const done = await this.linesWithResult(
      id,
      rows.flatMap(({ number, attempts }) => (number !== null && attempts > 0 ? [number] : [])),
    );
    const chunks: FreeChunk[] = [];
    for (const { number, payload, revision, answerCounts } of rows) {
      if (number === null || payload === null) continue;
      const items = decryptItems(this.cipher, id, { number, payload });
      chunks.push({
        number,
        revision,
        items: items.filter(({ line }) => !done.has(line)),
        ...(answerCounts && { answerCounts }),
      });
      // oxlint-disable-next-line no-await-in-loop -- callers who wait come first
      await yieldToOthers();
    }
    return { state: first.state, isLeft: first.isLeft, chunks };
  }

  /**
   * Claims chunks in their order. A chunk is claimed if no earlier chunk is free and no other process holds a chunk with
   * one of its customers.
   *
   * @returns a claim for each chunk
   */
  async claim({ id, holder }: Holder, wanted: readonly WantedChunk[]): Promise<Claim[]> {
    const { rows } = await this.database.query<{ number: number; claim: Claim }>(
      `select number, meniscus.claim_chunk($1, number, revision, $2, keys::int[], $3) as claim
       from unnest($4::int[], $5::int[], $6::text[]) as wanted(number, revision, keys)`,
      [
        id,
        holder,
        LEASE_MS,
        wanted.map(({ number }) => number),
        wanted.map(({ revision }) => revision),
        wanted.map(({ keys }) => `{${keys.join(',')}}`),
      ],
    );
    const claims = new Map(rows.map(({ number, claim }) => [number, claim]));
    return wanted.map(({ number }) => claims.get(number) ?? 'taken');
  }

  /** Extends the leases of all claimed chunks, and notes the progress; callers repeat this well within the time of a lease. */
  async keep(
    { id, holder }: Holder,
    { waitingFor, answerCounts }: Progress,
  ): Promise<ImportState | undefined> {
    const { rows } = await this.database.query<{ state: ImportState }>(
      // Locks in the order of numbers, because recording credits locks chunks too.
      `with held as (
         select number from meniscus.import_chunks where import_id = $1 and holder = $2 and state = 'waiting'
         order by number for no key update
       ), kept as (
         update meniscus.import_chunks c set held_until = clock_timestamp() + $3::float8 * interval '1 millisecond',
           answer_counts = coalesce(($5::jsonb)->(c.number::text), c.answer_counts)
         from held where c.import_id = $1 and c.number = held.number
       ), waits as (
         update meniscus.imports set waiting_for = $4, ${CHANGED}
         where id = $1 and state = 'running' and waiting_for is distinct from $4
       ) select state from meniscus.imports where id = $1`,
      [id, holder, LEASE_MS, waitingFor ?? null, JSON.stringify(Object.fromEntries(answerCounts))],
    );
    return rows[0]?.state;
  }

  /**
   * Stores and counts the results of a chunk, gives back points that were not credited, and deletes the credits that the
   * results report: all or nothing.
   *
   * @throws LeaseLost
   */
  async note(holder: Holder, noted: ChunkResults): Promise<void> {
    await this.store(holder, noted);
    this.countLines(noted.results);
  }

  private async store({ id, holder }: Holder, noted: ChunkResults): Promise<void> {
    const { number, results, credits } = noted;
    const [first, ...further] = blockColumns(toBlocks(this.cipher, id, number, results));
    const note: Note = { id, holder, noted, blocks: first };
    const notCredited = results.filter(({ outcome }) => outcome === 'rejected' || outcome === 'failed');
    if (further.length + credits.length + notCredited.length === 0) {
      if (!(await this.notes.load(note))) throw new LeaseLost();
      return;
    }
    await this.database.transaction(async (tx) => {
      const [isHeld] = await storeNotes(tx, [note]);
      if (!isHeld) throw new LeaseLost();
      await insertBlocks(tx, id, further);
      if (credits.length > 0) await this.credits.forget(credits, tx);
      if (notCredited.length === 0) return;
      await tx.query(
        givingBack(`select l.points from meniscus.import_chunks c, unnest(c.lines, c.points) as l(line, points)
          where c.import_id = $1 and c.number = $2 and l.line = any($3::int[])`),
        [id, number, notCredited.map(({ line }) => line)],
      );
    });
  }

  /**
   * Ends the next free chunks without sending them: records their lines as failed, and gives back their points. If a
   * killed process sent the points of a line, the line gets the outcome of its credit instead.
   *
   * @returns false when no free chunk is left
   */
  async failRemainingLines(id: string, remaining: RemainingLineResults): Promise<boolean> {
    const { settled, isLeft } = await this.database.transaction(async (tx) => {
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
           })}, sent = sent + ${countAdded('updated')} + ${countAdded('unknown')}
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
      return { settled: added, isLeft: due.length === CHUNKS_PER_STATEMENT };
    });
    this.countLines(settled);
    return isLeft;
  }

  private countLines(results: readonly LineResult[]): void {
    for (const { outcome } of results) this.metrics.count('meniscus_import_lines_total', { outcome });
  }

  private async linesWithResult(id: string, numbers: readonly number[]): Promise<Set<number>> {
    if (numbers.length === 0) return new Set();
    const { rows } = await this.database.query<{ lines: number[] }>(
      'select lines from meniscus.import_results where import_id = $1 and number = any($2::int[])',
      [id, [...numbers]],
    );
    return new Set(rows.flatMap(({ lines }) => lines));
  }
}

/**
 * Stores and counts the results of chunks of one import, and ends or continues their claims, in one statement.
 *
 * @returns for each chunk whether its holder still had it; nothing was stored for the others
 */
async function storeNotes(to: Queryable, notes: readonly Note[]): Promise<boolean[]> {
  const [first] = notes;
  const noted = notes.map((one) => one.noted);
  const counts = (kind: ResultOutcome): number[] =>
    noted.map(({ results }) => results.filter(({ outcome }) => outcome === kind).length);
  const { rows } = await to.query<{ number: number }>(
    // Locks in the order of numbers, like `keep`.
    `with given as (
       select * from unnest($3::int[], $4::text[], $5::int[], $6::int[], $7::int[], $8::int[], $9::int[], $10::int[], $11::text[])
         as g(number, chunk, updated, rejected, failed, unknown, calls, sent, answer_counts)
     ), held as (
       select number from meniscus.import_chunks
       where import_id = $1 and holder = $2 and state = 'waiting' and number = any($3::int[])
       order by number for no key update
     ), noted as (
       update meniscus.import_chunks c set
         state = case when g.chunk = 'done' then 'done' else c.state end,
         holder = case when g.chunk = 'held' then c.holder end,
         held_until = case when g.chunk = 'held' then c.held_until end,
         answer_counts = coalesce(g.answer_counts::jsonb, c.answer_counts),
         revision = c.revision + 1
       from given g join held using (number) where c.import_id = $1 and c.number = g.number
     ), counted as (
       update meniscus.imports
       set ${countResultsSql({
         updated: sumOf('given.updated'),
         rejected: sumOf('given.rejected'),
         failed: sumOf('given.failed'),
         unknown: sumOf('given.unknown'),
       })}, calls = calls + ${sumOf('given.calls')}, sent = sent + ${sumOf('given.sent')}
       where id = $1 and exists (select from held)
     ), stored as (
       ${insertBlocksSql(12, 'held where held.number = n.number')}
     ) select number from held`,
    [
      first?.id,
      first?.holder,
      noted.map(({ number }) => number),
      noted.map(({ chunk }) => chunk),
      counts('updated'),
      counts('rejected'),
      counts('failed'),
      counts('unknown'),
      noted.map(({ calls }) => calls),
      noted.map(({ sent }) => sent),
      noted.map(({ answerCounts }) => (answerCounts ? JSON.stringify(answerCounts) : null)),
      ...joinColumns(notes.map(({ blocks }) => blocks)),
    ],
  );
  const held = new Set(rows.map(({ number }) => number));
  return noted.map(({ number }) => held.has(number));
}

/** Sums a column of the chunks that a statement's holder still has. */
function sumOf(column: string): string {
  return `(select sum(${column}) from given join held using (number))`;
}

/** Whether a note may be stored together with others: they are of the same import and holder, and few. */
function fitsNotes(one: Note, notes: readonly Note[]): boolean {
  const [first] = notes;
  const characters = [...notes, one].reduce((sum, { blocks }) => sum + charactersOf(blocks), 0);
  return (
    one.id === first?.id &&
    one.holder === first.holder &&
    notes.every(({ noted }) => noted.number !== one.noted.number) &&
    characters <= MAX_CHARACTERS
  );
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
