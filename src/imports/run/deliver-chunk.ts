import { hash } from 'node:crypto';
import type { DeliveryService } from '../../delivery/delivery.service.js';
import type { Failed, Outcome } from '../../delivery/outcome.js';
import { type Route, type Update, guardCredit, ownedKeys } from '../../delivery/update.js';
import type { CreditsRepository } from '../../records/credits.repository.js';
import { DatabaseUnavailable } from '../../database/database-errors.js';
import { type LineResult, lineCreditId } from '../../records/import-rows.repository.js';
import type {
  AnswerCounts,
  ChunkResults,
  FreeChunk,
  ImportChunksRepository,
} from '../../records/import-chunks.repository.js';
import type { TakenImport } from '../../records/imports.repository.js';
import { UPDATE_KINDS } from '../import-kinds.js';
import { outcomeResult, resultOfCredit } from '../results/line-result.js';
import { type ImportProgress, isAboutLine } from './import-progress.js';

/** A line with its update. */
interface SentLine {
  readonly line: number;
  readonly update: Update;
}

/** A chunk with the updates of its lines. */
export interface TranslatedChunk {
  readonly number: number;
  readonly revision: number;
  readonly lines: readonly SentLine[];
  readonly answerCounts?: AnswerCounts;
}

/** A chunk with the lines that may be sent, and the results that are known without sending. */
export interface PreparedChunk {
  readonly number: number;
  readonly lines: readonly SentLine[];
  readonly known: readonly LineResult[];
  readonly answerCounts?: AnswerCounts;
}

/**
 * How long a failed line waits before it is submitted again. Three loops of retries are inside one another, each for failures that the
 * inner one cannot outlast:
 *
 * 1. `delivery` repeats a call within seconds after the vendor did not process it, with backoff, a retry budget and a
 *    circuit breaker, for as long as that can help. It then reports the update as `failed`.
 * 2. `ChunkDelivery` submits failed lines again within minutes, while this process holds their chunk. An import has no
 *    caller who could retry, and a full queue or a wrong configuration ends sooner or later.
 * 3. The job queue (`retryLimit` in `import.worker.ts`) starts the import again, in any process, after a kill, a lost
 *    database or a missing key of DATA_KEYS. Lines that have a result are not sent again.
 *
 * All of them together send a line until BACKGROUND_MAX_ATTEMPTS answers about it have failed.
 */
const FIRST_WAIT_MS = 1000;
const MAX_WAIT_MS = 60_000;

/** How long to wait before final results are stored again. They stay in memory while the database is unavailable. */
const STORE_AGAIN_MS = 1000;

export interface ChunkFacts {
  readonly importId: string;
  readonly chunk: number;
  readonly itemCount: number;
}

export interface Dependencies {
  readonly work: ImportChunksRepository;
  readonly credits: CreditsRepository;
  readonly delivery: DeliveryService;
  /** How many answers about a line may fail: BACKGROUND_MAX_ATTEMPTS. */
  readonly maxAttempts: number;
  /** Waits, and throws if the signal is aborted. */
  /** Runs the delivery of a chunk in a trace of its own, if there is one. */
  readonly trace: (facts: ChunkFacts, work: () => Promise<void>) => Promise<void>;
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<unknown>;
}

/** More calls than can be in flight during the delivery of one chunk. */
const REMEMBERED_CALLS = 1000;

/** Delivers chunks of one import, and stores the results of their lines. */
export class ChunkDelivery {
  private readonly countedCallIds = new Set<string>();

  constructor(
    private readonly dependencies: Omit<Dependencies, 'trace'>,
    private readonly taken: TakenImport,
    /** Aborted when no more may be sent. Calls in flight end, and the remaining lines stay without a result. */
    private readonly signal: AbortSignal,
    /** Called with true before failed lines wait for a retry, and with false after it. */
    private readonly onBackingOff: (isBackingOff: boolean) => void,
    private readonly progress: ImportProgress,
  ) {}

  translate({ number, revision, items, answerCounts }: FreeChunk): TranslatedChunk {
    const { kind, route, id, holder } = this.taken;
    const lease = { importId: id, number, holder };
    const lines = items.map(({ line, dto }): SentLine => {
      const update = UPDATE_KINDS[kind].translate(dto as object, route as unknown as Route);
      return { line, update: guardCredit(update, { id: lineCreditId(id, line), lease }) };
    });
    return { number, revision, lines, ...(answerCounts && { answerCounts }) };
  }

  /** Finds the credits of these lines that an earlier process may have sent. They are not sent again. */
  async prepare(chunks: readonly TranslatedChunk[]): Promise<PreparedChunk[]> {
    const ids = chunks.flatMap(({ lines }) => lines.flatMap(({ update }) => update.credit?.id ?? []));
    const states = ids.length > 0 ? await this.statesOf(ids) : new Map<string, string>();
    return chunks.map(({ number, lines, answerCounts }) => {
      const known = lines.flatMap(
        ({ line, update: { credit } }) =>
          (credit?.id !== undefined && resultOfCredit(line, credit.id, states.get(credit.id))) || [],
      );
      const settled = new Set(known.map(({ line }) => line));
      const toSend = lines.filter(({ line }) => !settled.has(line));
      return { number, known, lines: toSend, ...(answerCounts && { answerCounts }) };
    });
  }

  /**
   * Submits the lines synchronously, so that chunks are in delivery in the order of these calls. Failed lines are
   * submitted again until as many answers about them have failed as may; then `failed` is their result. They wait for as
   * long as it takes while everything around them is the cause.
   */
  async deliver({ number, lines, known, answerCounts }: PreparedChunk): Promise<void> {
    const { progress } = this;
    progress.begin(number, answerCounts);
    let open = lines;
    let results = known;
    let sent = known.length;
    for (let waits = 0; ; waits += 1) {
      const countsBefore = open.map(({ line }) => progress.answerCount(number, line));
      // oxlint-disable-next-line no-await-in-loop -- each attempt follows from the one before
      const outcomes = await this.submit(number, open, countsBefore);
      const settled = open.flatMap((one, index) => {
        const outcome = outcomes[index];
        if (!outcome) return [];
        const isOver =
          outcome.outcome !== 'failed' || this.isUsedUp(number, one.line, outcome, countsBefore[index] ?? 0);
        return [{ one, outcome, isOver }];
      });
      const final = settled.filter(({ isOver }) => isOver);
      const failed = settled.filter(({ isOver }) => !isOver);
      results = [...results, ...final.map(({ one, outcome }) => outcomeResult(one.line, outcome))];
      sent += final.filter(({ outcome }) => outcome.attempts > 0).length;
      const chunk = failed.length === 0 ? 'done' : this.signal.aborted ? 'released' : 'held';
      const calls = this.countCalls(outcomes);
      const counts = progress.answerCounts(number);
      if (final.length > 0) progress.progressed();
      // oxlint-disable-next-line no-await-in-loop -- each attempt follows from the one before
      await this.storeResults({ number, results, chunk, calls, sent, answerCounts: counts });
      if (chunk !== 'held') return progress.end(number);
      open = failed.map(({ one }) => one);
      results = [];
      sent = 0;
      // oxlint-disable-next-line no-await-in-loop -- each attempt follows from the one before
      await this.waitForRetry(
        retryWaitMs(
          failed.map(({ outcome }) => outcome),
          waits,
        ),
      );
    }
  }

  /** Reads the states of credits. A credit that was sent becomes `unknown`, even if its answer still arrives. */
  private async statesOf(ids: readonly string[]): Promise<Map<string, string>> {
    const { credits } = this.dependencies;
    const states = await credits.statesOf(ids);
    return [...states.values()].includes('sent') ? credits.takeOver(ids) : states;
  }

  /**
   * Whether as many answers about a failed line have failed as may. One that delivery could not repeat counts here.
   *
   * @param countBefore the failed answers before the line was submitted
   */
  private isUsedUp(number: number, line: number, { reason }: Failed, countBefore: number): boolean {
    if (this.signal.aborted) return false;
    const { progress, dependencies } = this;
    const count = progress.answerCount(number, line);
    const isCountedHere = isAboutLine(reason) && count === countBefore;
    progress.failed(number, line, reason, isCountedHere ? count + 1 : count);
    return progress.answerCount(number, line) >= dependencies.maxAttempts;
  }

  private async submit(
    number: number,
    lines: readonly SentLine[],
    answerCounts: readonly number[],
  ): Promise<Outcome[]> {
    if (lines.length === 0) return [];
    const { signal } = this;
    const { principal } = this.taken;
    const updates = lines.map(({ update }) => update);
    return this.dependencies.delivery.submit(updates, {
      deadlineAt: Infinity,
      signal,
      principal,
      priority: 'background',
      importId: this.taken.id,
      answerCounts,
      onFailure: (position, reason, answerCount) => {
        const line = lines[position]?.line;
        if (line !== undefined) this.progress.failed(number, line, reason, answerCount);
      },
    });
  }

  private async waitForRetry(ms: number): Promise<void> {
    this.onBackingOff(true);
    try {
      await this.dependencies.wait(ms, this.signal);
    } catch {
      // The signal is aborted: delivery rejects the lines at once, and they stay without a result.
    } finally {
      this.onBackingOff(false);
    }
  }

  /** Counts the calls of these outcomes. A call with lines of several chunks is counted once. */
  private countCalls(outcomes: readonly Outcome[]): number {
    const before = this.countedCallIds.size;
    for (const callId of outcomes.flatMap(({ callIds }) => callIds)) this.countedCallIds.add(callId);
    const count = this.countedCallIds.size - before;
    for (const callId of this.countedCallIds) {
      if (this.countedCallIds.size <= REMEMBERED_CALLS) break;
      this.countedCallIds.delete(callId);
    }
    return count;
  }

  private async storeResults(stored: Omit<ChunkResults, 'credits'>): Promise<void> {
    const { id, kind } = this.taken;
    const hasNews = stored.chunk !== 'held' || stored.results.length > 0 || stored.calls > 0;
    if (!hasNews) return;
    const canCredit = UPDATE_KINDS[kind].creditsPoints !== undefined;
    const credits = canCredit ? stored.results.map(({ line }) => lineCreditId(id, line)) : [];
    for (;;) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- until they are stored
        return await this.dependencies.work.note(this.taken, { ...stored, credits });
      } catch (error) {
        if (!(error instanceof DatabaseUnavailable) || this.signal.aborted) throw error;
        // oxlint-disable-next-line no-await-in-loop -- until they are stored
        await this.dependencies.wait(STORE_AGAIN_MS);
      }
    }
  }
}

/** Hashes the customer keys that the updates of a chunk own or name. Chunks without a common hash have no common customer. */
export function keysOf({ lines }: TranslatedChunk): number[] {
  const keys = new Set(lines.flatMap(({ update }) => [...ownedKeys(update), ...update.parent]));
  return [...keys].map((key) => hash('sha256', key, 'buffer').readInt32BE());
}

/** Computes the wait before a retry. It doubles with every wait, and is not shorter than any outcome demands, up to the maximum. */
function retryWaitMs(failed: readonly Outcome[], waits: number): number {
  const demandedMs = failed.map((one) => (one.outcome === 'failed' ? one.retryAfterMs : 0));
  return Math.min(MAX_WAIT_MS, Math.max(FIRST_WAIT_MS * 2 ** waits, ...demandedMs));
}
