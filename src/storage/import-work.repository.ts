import { Injectable } from '@nestjs/common';
import { CreditsRepository } from './credits.repository.js';
import { Database, type Queryable } from './database.js';
import {
  type ImportItem,
  type LineResult,
  type ResultOutcome,
  insertResults,
} from './import-rows.repository.js';
import { IMPORT_QUEUE, type ImportKind, type ImportState, ImportsRepository } from './imports.repository.js';
import { type Job, JobQueue } from './job-queue.js';

/** Somebody else works on the import by now: what was to be stored is rolled back. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** An import that this worker holds. */
export interface TakenImport {
  readonly id: string;
  readonly lease: string;
  readonly kind: ImportKind;
  readonly route: Record<string, unknown>;
  /** Whether nothing is to be sent, as a line is not valid. */
  readonly isRefused: boolean;
}

export interface WaitingChunk {
  readonly number: number;
  /** Its lines that have no result yet. */
  readonly items: readonly ImportItem[];
}

export interface NextChunk {
  readonly state: ImportState;
  readonly chunk?: WaitingChunk;
}

export interface ChunkResults {
  readonly number: number;
  readonly results: readonly LineResult[];
  /** Whether all its lines have results now. */
  readonly isDone: boolean;
  /** Credits that are certain and told by these results. */
  readonly credits: readonly string[];
}

/** Chunks whose lines are failed by one statement. */
const FAILED_AT_ONCE = 10;

type Held = Pick<TakenImport, 'id' | 'lease'>;

/** What the worker reads and writes. Every write is fenced by the lease: a worker that lost the import changes nothing. */
@Injectable()
export class ImportWorkRepository {
  constructor(
    private readonly database: Database,
    private readonly queue: JobQueue,
    private readonly imports: ImportsRepository,
    private readonly credits: CreditsRepository,
  ) {}

  /** Takes the import from whoever held it. */
  async take(id: string, lease: string): Promise<TakenImport | undefined> {
    const { rows } = await this.database.query<TakenImport>(
      `update meniscus.imports set lease = $2, version = version + 1,
         state = case when state = 'queued' then 'running' else state end
       where id = $1 and finished_at is null
       returning id, lease, kind, route, (on_invalid = 'reject' and invalid > 0) as "isRefused"`,
      [id, lease],
    );
    return rows[0];
  }

  /**
   * The state of an import that is held, and the next chunk after this one that is not done, in the order of lines.
   *
   * @throws LeaseLost
   */
  async next({ id, lease }: Held, afterNumber: number): Promise<NextChunk> {
    const { rows } = await this.database.query<{
      state: ImportState;
      number: number | null;
      payload: string | null;
    }>(
      `select i.state, c.number, c.payload from meniscus.imports i left join lateral (
         select number, payload from meniscus.import_chunks
         where import_id = i.id and number > $3 and state = 'waiting' order by number limit 1
       ) c on true where i.id = $1 and i.lease = $2`,
      [id, lease, afterNumber],
    );
    const [found] = rows;
    if (!found) throw new LeaseLost();
    const { state, number, payload } = found;
    if (number === null || payload === null) return { state };
    const items = JSON.parse(payload) as ImportItem[];
    const answered = await this.database.query<{ line: number }>(
      'select line from meniscus.import_results where import_id = $1 and line = any($2::int[])',
      [id, items.map(({ line }) => line)],
    );
    const done = new Set(answered.rows.map(({ line }) => line));
    return { state, chunk: { number, items: items.filter(({ line }) => !done.has(line)) } };
  }

  /**
   * Stores results, counts them, and forgets the credits that they tell of, all or nothing.
   *
   * @throws LeaseLost
   */
  async note(held: Held, { number, results, isDone, credits }: ChunkResults): Promise<void> {
    const count = (kind: ResultOutcome): number => results.filter(({ outcome }) => outcome === kind).length;
    await this.database.transaction(async (tx) => {
      await this.holding(
        tx,
        held,
        'updated = updated + $3, rejected = rejected + $4, failed = failed + $5, unknown = unknown + $6',
        [count('updated'), count('rejected'), count('failed'), count('unknown')],
      );
      await insertResults(tx, held.id, results);
      if (isDone) {
        await tx.query(
          `update meniscus.import_chunks set state = 'done' where import_id = $1 and number = $2`,
          [held.id, number],
        );
      }
      if (credits.length > 0) await this.credits.forget(credits, tx);
    });
  }

  /**
   * Tells lines of the next chunks as failed that were never sent.
   *
   * @returns false when no chunk was left
   * @throws LeaseLost
   */
  async failSome(held: Held, result: string): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const { rows } = await tx.query<{ chunks: number; lines: number }>(
        `with due as (
           select number, payload from meniscus.import_chunks
           where import_id = $1 and state = 'waiting' order by number limit ${FAILED_AT_ONCE}
         ), added as (
           insert into meniscus.import_results (import_id, line, outcome, result)
           select $1::uuid, (item->>'line')::int, 'failed', $2::text from due, jsonb_array_elements(payload::jsonb) as item
           on conflict do nothing returning line
         ), closed as (
           update meniscus.import_chunks c set state = 'done' from due where c.import_id = $1 and c.number = due.number
         )
         select (select count(*) from due)::int as chunks, (select count(*) from added)::int as lines`,
        [held.id, result],
      );
      const [{ chunks, lines } = { chunks: 0, lines: 0 }] = rows;
      await this.holding(tx, held, 'failed = failed + $3', [lines]);
      return chunks === FAILED_AT_ONCE;
    });
  }

  /**
   * Ends the job in the attempt in which it was taken: the import has ended, or rests, or goes on in a next job.
   *
   * @throws LeaseLost
   */
  async endJob({ id, lease }: Held, job: Pick<Job, 'id' | 'retryCount'>): Promise<ImportState> {
    return this.database.transaction(async (tx) => {
      const { rows } = await tx.query<{ state: ImportState; isLeft: boolean }>(
        `select state, exists (select from meniscus.import_chunks where import_id = $1 and state = 'waiting') as "isLeft"
         from meniscus.imports where id = $1 and lease = $2 for update`,
        [id, lease],
      );
      const [found] = rows;
      const completed = await this.queue.complete(tx, IMPORT_QUEUE, [job]);
      if (!found || completed !== 1) throw new LeaseLost();
      const { state, isLeft } = found;
      const ended: ImportState = state === 'cancelling' ? 'cancelled' : 'completed';
      const next = isLeft ? state : ended;
      const goesOn = isLeft && state !== 'paused';
      await tx.query(
        `update meniscus.imports set state = $2, has_job = $3, lease = null, version = version + 1,
           finished_at = case when $4 then now() end where id = $1`,
        [id, next, goesOn, !isLeft],
      );
      if (goesOn) await this.imports.enqueue(tx, id);
      return next;
    });
  }

  private async holding(
    tx: Queryable,
    { id, lease }: Held,
    change: string,
    values: readonly number[],
  ): Promise<void> {
    const { rowCount } = await tx.query(
      `update meniscus.imports set ${change}, version = version + 1, touched_at = now() where id = $1 and lease = $2`,
      [id, lease, ...values],
    );
    if (rowCount !== 1) throw new LeaseLost();
  }
}
