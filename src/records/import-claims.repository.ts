import { Injectable } from '@nestjs/common';
import { CreditsRepository } from './credits.repository.js';
import { Database, type Queryable } from '../database/database.js';
import { type OwnedRow, withOwner } from './import-owner.js';
import {
  type ImportItem,
  type LineResult,
  type ResultOutcome,
  insertResults,
  decryptItems,
  resultColumns,
} from './import-rows.repository.js';
import { IMPORT_QUEUE, type ImportKind, type ImportState, ImportsRepository } from './imports.repository.js';
import { type Job, JobQueue } from '../database/job-queue.js';
import { givingBack } from './points-of-day.repository.js';
import { FieldCipher } from './encryption/field-cipher.js';

/** Somebody else has the chunk or the job by now: what was to be stored is rolled back. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** An import that a process works on, perhaps beside others. */
export interface TakenImport {
  readonly id: string;
  /** A fresh UUID: under it chunks are claimed. */
  readonly holder: string;
  /** Whose it is; null where it is older than that was noted. */
  readonly principal: string | null;
  readonly kind: ImportKind;
  readonly route: Record<string, unknown>;
  /** Whether nothing is to be sent, as a line is not valid. */
  readonly isRefused: boolean;
}

export interface FreeChunk {
  readonly number: number;
  /** Grows when lines of it are erased or get results. One that was read before that cannot be claimed. */
  readonly revision: number;
  /** Its lines that have no result yet. */
  readonly items: readonly ImportItem[];
}

export interface NextChunk {
  readonly state: ImportState;
  /** The first one, in the order of lines, that is not done and that nobody has. */
  readonly chunk?: FreeChunk;
  /** Whether any is not done. */
  readonly isLeft: boolean;
}

/**
 * `taken`: somebody was faster, or nothing is to be sent any more. `awaits-others`: another process has a customer of it
 * in a chunk.
 */
export type Claim = 'claimed' | 'taken' | 'awaits-others';

export interface ChunkResults {
  readonly number: number;
  readonly results: readonly LineResult[];
  /** What it is now. `done`: all its lines have results. `held`: they will have. `released`: whoever comes goes on with it. */
  readonly chunk: 'done' | 'held' | 'released';
  /** Credits that are certain and told by these results. */
  readonly credits: readonly string[];
  /** Bulk calls that were made for it, and were not counted before. */
  readonly calls: number;
}

/** How long the chunks of a process that was killed stay with it. */
const LEASE_MS = 10_000;

/** Imports that are shorter are not worth a second process. */
const SHARED_FROM_CHUNKS = 8;

/** A chunk that is not done and that nobody has. */
export const IS_FREE = `state = 'waiting' and (holder is null or held_until < clock_timestamp())`;

type Held = Pick<TakenImport, 'id' | 'holder'>;

/** What those who work on an import read and write. What is written of a chunk is fenced by who has claimed it. */
@Injectable()
export class ImportWorkRepository {
  constructor(
    private readonly database: Database,
    private readonly queue: JobQueue,
    private readonly imports: ImportsRepository,
    private readonly credits: CreditsRepository,
    private readonly cipher: FieldCipher,
  ) {}

  /**
   * Begins to work on an import, and asks others to join where it is long.
   *
   * @returns undefined where it has ended, or rests
   * @throws SealBroken where it is not that of whoever made it
   */
  async start(id: string, holder: string): Promise<TakenImport | undefined> {
    return this.database.transaction(async (tx) => {
      const { rows } = await tx.query<Omit<TakenImport, 'holder'> & OwnedRow & { isLong: boolean }>(
        `update meniscus.imports set state = case when state = 'queued' then 'running' else state end,
           going_since = case when state = 'queued' then now() else going_since end,
           settled_before = case when state = 'queued' then updated + rejected + failed + unknown else settled_before end,
           version = version + 1, touched_at = now()
         where id = $1 and finished_at is null and state <> 'paused'
         returning id, principal, owner, kind, route, (on_invalid = 'reject' and invalid > 0) as "isRefused",
           exists (select from meniscus.import_chunks where import_id = $1 and ${IS_FREE} offset $2) as "isLong"`,
        [id, SHARED_FROM_CHUNKS],
      );
      const [found] = rows;
      if (!found) return undefined;
      const { isLong, ...taken } = withOwner(this.cipher, found);
      if (isLong && this.database.driver === 'postgres') await this.imports.enqueue(tx, id);
      return { ...taken, holder };
    });
  }

  /** How the import stands, and what of it is to be done next. */
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
    const open = attempts === 0 ? items : await this.withoutResult(id, items);
    return { state, isLeft, chunk: { number, revision, items: open } };
  }

  /**
   * Takes a chunk, where nobody has an earlier one to give and no other process has a customer of it in its hands.
   *
   * @param keys whom the chunk is about, hashed
   */
  async claim(
    { id, holder }: Held,
    { number, revision }: Pick<FreeChunk, 'number' | 'revision'>,
    keys: readonly number[],
  ): Promise<Claim> {
    const { rows } = await this.database.query<{ claim: Claim }>(
      'select meniscus.claim_chunk($1, $2, $3, $4, $5::int[], $6) as claim',
      [id, number, revision, holder, [...keys], LEASE_MS],
    );
    return rows[0]?.claim ?? 'taken';
  }

  /** Keeps the chunks that were claimed; asked for well within the time of a lease. */
  async keep({ id, holder }: Held): Promise<ImportState | undefined> {
    const { rows } = await this.database.query<{ state: ImportState }>(
      // In one order, as credits that are noted lock chunks too.
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
   * Stores results of a chunk, counts them, gives back points that were not credited, and forgets the credits that are told
   * of, all or nothing.
   *
   * @throws LeaseLost
   */
  async note({ id, holder }: Held, noted: ChunkResults): Promise<void> {
    const { number, results, chunk, credits, calls } = noted;
    const [first, ...rest] = resultColumns(this.cipher, id, results);
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
           update meniscus.imports set updated = updated + $5, rejected = rejected + $6, failed = failed + $7,
             unknown = unknown + $8, calls = calls + $9, version = version + 1, touched_at = now()
           where id = $1 and exists (select from held)
         ), told as (
           insert into meniscus.import_results (import_id, line, outcome, result)
           select $1::uuid, n.line, n.outcome, n.result
           from held, unnest($10::int[], $11::text[], $12::text[]) as n(line, outcome, result)
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
      // oxlint-disable-next-line no-await-in-loop -- one transaction
      for (const columns of rest) await insertResults(to, id, columns);
      if (credits.length > 0) await this.credits.forget(credits, to);
      if (notCredited.length === 0) return;
      await to.query(
        givingBack(`select l.points from meniscus.import_chunks c, unnest(c.lines, c.points) as l(line, points)
          where c.import_id = $1 and c.number = $2 and l.line = any($3::int[])`),
        [id, number, notCredited.map(({ line }) => line)],
      );
    };
    // One statement is a transaction of its own, with a third of the ways to the database.
    const isOne = rest.length + credits.length + notCredited.length === 0;
    await (isOne ? write(this.database) : this.database.transaction(write));
  }

  /**
   * Ends the job in the attempt in which it was taken: the import has ended, or rests, or goes on in another job.
   *
   * @throws LeaseLost
   */
  async endJob(id: string, job: Pick<Job, 'id' | 'retryCount'>): Promise<ImportState> {
    return this.database.transaction(async (tx) => {
      const { rows } = await tx.query<{ state: ImportState; hasEnded: boolean; isLeft: boolean }>(
        `select state, finished_at is not null as "hasEnded",
           exists (select from meniscus.import_chunks where import_id = $1 and state = 'waiting') as "isLeft"
         from meniscus.imports where id = $1 for update`,
        [id],
      );
      const [found] = rows;
      const isOurs = await this.queue.complete(tx, IMPORT_QUEUE, job);
      if (!found || !isOurs) throw new LeaseLost();
      const { state, hasEnded, isLeft } = found;
      if (hasEnded) return state;
      if (isLeft) {
        if (state !== 'paused') await this.imports.enqueue(tx, id);
        return state;
      }
      const ended: ImportState = state === 'cancelling' ? 'cancelled' : 'completed';
      await tx.query(
        'update meniscus.imports set state = $2, version = version + 1, finished_at = now() where id = $1',
        [id, ended],
      );
      return ended;
    });
  }

  private async withoutResult(id: string, items: readonly ImportItem[]): Promise<ImportItem[]> {
    const { rows } = await this.database.query<{ line: number }>(
      'select line from meniscus.import_results where import_id = $1 and line = any($2::int[])',
      [id, items.map(({ line }) => line)],
    );
    const done = new Set(rows.map(({ line }) => line));
    return items.filter(({ line }) => !done.has(line));
  }
}
