import { createHash } from 'node:crypto';
import type { DeliveryService } from '../../delivery/delivery.service.js';
import type { Outcome } from '../../delivery/outcome.js';
import { type Route, type Update, guardCredit, ownedKeys } from '../../delivery/update.js';
import type { CreditsRepository } from '../../records/credits.repository.js';
import { DatabaseUnavailable } from '../../database/database-errors.js';
import { type LineResult, lineCreditId } from '../../records/import-rows.repository.js';
import type {
  ChunkResults,
  FreeChunk,
  ImportChunksRepository,
} from '../../records/import-chunks.repository.js';
import type { TakenImport } from '../../records/imports.repository.js';
import { UPDATE_KINDS } from '../import-kinds.js';
import { outcomeResult, resultOfCredit } from '../results/line-result.js';

/** A line on its way. */
interface SentLine {
  readonly line: number;
  readonly update: Update;
}

/** Updates that go to delivery together. */
export interface TranslatedChunk {
  readonly number: number;
  readonly lines: readonly SentLine[];
}

/** Those of them that may be sent, and results that are known without it. */
export interface PreparedChunk extends TranslatedChunk {
  readonly known: readonly LineResult[];
}

/** How often a line that failed for a reason that may pass is tried again. */
const MAX_REPEATS = 5;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;

/** While the database is away, results that are certain are kept, and noted when it is back. */
const NOTE_AGAIN_MS = 1000;

export interface Needs {
  readonly work: ImportChunksRepository;
  readonly credits: CreditsRepository;
  readonly delivery: DeliveryService;
  /** Waits, or throws when the signal is aborted. */
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<unknown>;
}

/** More than are in flight while any chunk is. */
const REMEMBERED_CALLS = 1000;

/** Delivers chunks of one import, and notes what became of their lines. */
export class ChunkDelivery {
  private readonly counted = new Set<string>();

  constructor(
    private readonly needs: Needs,
    private readonly taken: TakenImport,
    /** Aborted when nothing more is to be sent: what is in flight ends, the rest stays as it was. */
    private readonly signal: AbortSignal,
    /** Told while lines wait to be tried again. */
    private readonly onResting: (isResting: boolean) => void,
  ) {}

  translate({ number, items }: Pick<FreeChunk, 'number' | 'items'>): TranslatedChunk {
    const { kind, route, id, holder } = this.taken;
    const lease = { importId: id, number, holder };
    const lines = items.map(({ line, dto }): SentLine => {
      const update = UPDATE_KINDS[kind].translate(dto as object, route as unknown as Route);
      return { line, update: guardCredit(update, { id: lineCreditId(id, line), lease }) };
    });
    return { number, lines };
  }

  /** Asks what an earlier process left of lines that credit points. */
  async prepare({ number, lines }: TranslatedChunk): Promise<PreparedChunk> {
    const ids = lines.flatMap(({ update }) => update.credit?.id ?? []);
    const states = ids.length > 0 ? await this.statesLeft(ids) : new Map<string, string>();
    const known = lines.flatMap(
      ({ line, update: { credit } }) =>
        (credit?.id !== undefined && resultOfCredit(line, credit.id, states.get(credit.id))) || [],
    );
    const settled = new Set(known.map(({ line }) => line));
    return { number, known, lines: lines.filter(({ line }) => !settled.has(line)) };
  }

  /**
   * Submits at once, before anything is waited for, so that chunks are in delivery in the order of these calls. A line
   * that fails is tried again for a while; when that is over, it is told as failed.
   */
  async deliver({ number, lines, known }: PreparedChunk): Promise<void> {
    let open = lines;
    let results = known;
    for (let repeats = 0; ; repeats += 1) {
      // oxlint-disable-next-line no-await-in-loop -- each attempt follows from the one before
      const outcomes = await this.submit(open);
      const told = open.flatMap((one, index) => {
        const outcome = outcomes[index];
        return outcome ? [{ one, outcome }] : [];
      });
      const isLast = repeats === MAX_REPEATS && !this.signal.aborted;
      const failed = told.filter(({ outcome }) => outcome.outcome === 'failed');
      const certain = isLast ? told : told.filter(({ outcome }) => outcome.outcome !== 'failed');
      results = [...results, ...certain.map(({ one, outcome }) => outcomeResult(one.line, outcome))];
      const isDone = isLast || failed.length === 0;
      const chunk = isDone ? 'done' : this.signal.aborted ? 'released' : 'held';
      const calls = this.countCalls(outcomes);
      // oxlint-disable-next-line no-await-in-loop -- each attempt follows from the one before
      await this.note({ number, results, chunk, calls });
      if (chunk !== 'held') return;
      open = failed.map(({ one }) => one);
      results = [];
      // oxlint-disable-next-line no-await-in-loop -- each attempt follows from the one before
      await this.rest(
        waitMs(
          failed.map(({ outcome }) => outcome),
          repeats,
        ),
      );
    }
  }

  /** What was on its way is told as unknown, so it is listed as that from now on, also if its answer still comes. */
  private async statesLeft(ids: readonly string[]): Promise<Map<string, string>> {
    const { credits } = this.needs;
    const states = await credits.statesOf(ids);
    return [...states.values()].includes('sent') ? credits.takeOver(ids) : states;
  }

  private async submit(lines: readonly SentLine[]): Promise<Outcome[]> {
    if (lines.length === 0) return [];
    const { signal } = this;
    const { principal } = this.taken;
    const updates = lines.map(({ update }) => update);
    return this.needs.delivery.submit(updates, {
      deadlineAt: Infinity,
      signal,
      principal,
      priority: 'background',
    });
  }

  private async rest(ms: number): Promise<void> {
    this.onResting(true);
    try {
      await this.needs.wait(ms, this.signal);
    } catch {
      // No more waiting: submitted once more, it is turned away at the door, and stays.
    } finally {
      this.onResting(false);
    }
  }

  /** Calls that carried lines of several chunks are counted once. */
  private countCalls(outcomes: readonly Outcome[]): number {
    const before = this.counted.size;
    for (const callId of outcomes.flatMap(({ callIds }) => callIds)) this.counted.add(callId);
    const count = this.counted.size - before;
    for (const callId of this.counted) {
      if (this.counted.size <= REMEMBERED_CALLS) break;
      this.counted.delete(callId);
    }
    return count;
  }

  private async note(noted: Omit<ChunkResults, 'credits'>): Promise<void> {
    const { id, kind } = this.taken;
    const isNews = noted.chunk !== 'held' || noted.results.length > 0 || noted.calls > 0;
    if (!isNews) return;
    const credits = kind === 'enrollments' ? noted.results.map(({ line }) => lineCreditId(id, line)) : [];
    for (;;) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- until it is noted
        return await this.needs.work.note(this.taken, { ...noted, credits });
      } catch (error) {
        if (!(error instanceof DatabaseUnavailable) || this.signal.aborted) throw error;
        // oxlint-disable-next-line no-await-in-loop -- until it is noted
        await this.needs.wait(NOTE_AGAIN_MS);
      }
    }
  }
}

/** Whom a chunk is about: what its updates own and name, hashed. Two that share none touch no common customer. */
export function keysOf({ lines }: TranslatedChunk): number[] {
  const keys = new Set(lines.flatMap(({ update }) => [...ownedKeys(update), ...update.parent]));
  return [...keys].map((key) => createHash('sha256').update(key).digest().readInt32BE());
}

/** Grows with every attempt, and is never shorter than what was asked for. */
function waitMs(failed: readonly Outcome[], repeats: number): number {
  const asked = failed.map((one) => (one.outcome === 'failed' ? one.retryAfterMs : 0));
  return Math.min(LONGEST_WAIT_MS, Math.max(FIRST_WAIT_MS * 2 ** repeats, ...asked));
}
