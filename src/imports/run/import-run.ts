import type { FreeChunk, RemainingLineResults } from '../../records/import-chunks.repository.js';
import type { TakenImport } from '../../records/imports.repository.js';
import { ChunkDelivery, type Needs, keysOf } from './deliver-chunk.js';
import { notSent } from '../results/line-result.js';

/** Chunks of one import that a process has in delivery at once: enough to fill its calls, few enough to leave room for others. */
const CHUNKS_AT_ONCE = 8;
/** After so long the import goes to the end of the queue, so that a short one need not wait for a long one. */
const TURN_MS = 30_000;
/** How soon a cancelled import is noticed; chunks are kept by the same statement, well within the time of their lease. */
const KEEP_EVERY_MS = 1000;
/** Until another process may have ended a chunk. */
const OTHERS_MS = 250;

/** One turn of an import in this process: chunks in the order of lines, until none is left or it is to stop. */
export class ImportRun {
  private readonly cancel = new AbortController();
  /** By the numbers of the chunks. */
  private readonly underWay = new Map<number, Promise<void>>();
  private readonly chunks: ChunkDelivery;
  private restingCount = 0;
  private failure: { readonly error: unknown } | undefined;

  constructor(
    private readonly needs: Needs,
    private readonly taken: TakenImport,
    /** Aborted when this process is to stop. */
    private readonly stop: AbortSignal,
  ) {
    const signal = AbortSignal.any([stop, this.cancel.signal]);
    this.chunks = new ChunkDelivery(needs, taken, signal, (isResting) => {
      this.restingCount += isResting ? 1 : -1;
    });
  }

  /** @throws whatever went wrong with noting results, when all that was in delivery has ended */
  async workOff(): Promise<void> {
    if (this.taken.isRefused) return this.failRest(notSent('invalid-lines'));
    const keeping = setInterval(() => void this.keep(), KEEP_EVERY_MS);
    try {
      await this.submitInOrder();
    } finally {
      await Promise.all(this.underWay.values());
      clearInterval(keeping);
    }
    if (this.failure) throw this.failure.error;
    const { state } = await this.needs.work.next(this.taken.id);
    if (state === 'cancelling') await this.failRest(notSent('cancelled'));
  }

  private async submitInOrder(): Promise<void> {
    const endsAt = performance.now() + TURN_MS;
    while (!this.stop.aborted && !this.failure && performance.now() < endsAt) {
      if (this.restingCount > 0 || this.underWay.size >= CHUNKS_AT_ONCE) {
        // Later lines do not overtake those that are to be tried again.
        // oxlint-disable-next-line no-await-in-loop -- until there is room
        await Promise.race(this.underWay.values());
        continue;
      }
      // oxlint-disable-next-line no-await-in-loop -- in the order of lines
      const { state, chunk, isLeft } = await this.needs.work.next(this.taken.id);
      if (state !== 'running' || !isLeft) return;
      // oxlint-disable-next-line no-await-in-loop -- in the order of lines
      if (!chunk || !(await this.begin(chunk))) await this.awaitOthers();
    }
  }

  /** @returns false where a process has a customer of the chunk in its hands; it may be this one */
  private async begin(chunk: FreeChunk): Promise<boolean> {
    // We slept, and its lease ended. Claimed once more, it would let out points that still wait here under the first claim.
    if (this.underWay.has(chunk.number)) return false;
    const translated = this.chunks.translate(chunk);
    const claim = await this.needs.work.claim(this.taken, chunk, keysOf(translated));
    if (claim !== 'claimed') return claim === 'taken';
    // Only now, as whoever had it before may have gone on until now.
    const prepared = await this.chunks.prepare(translated);
    const delivered: Promise<void> = this.chunks
      .deliver(prepared)
      .catch((error: unknown) => {
        this.failure ??= { error };
      })
      .finally(() => this.underWay.delete(chunk.number));
    this.underWay.set(chunk.number, delivered);
    return true;
  }

  /** Until a chunk may be free that another process has, or one of ours is done. */
  private async awaitOthers(): Promise<void> {
    const pause = this.needs.wait(OTHERS_MS, this.stop).catch(() => undefined); // aborted: the loop ends
    await Promise.race([...this.underWay.values(), pause]);
  }

  /** Keeps the chunks; what waits in delivery is called back when somebody cancels. */
  private async keep(): Promise<void> {
    try {
      const state = await this.needs.work.keep(this.taken);
      if (state === 'cancelling') this.cancel.abort();
    } catch {
      // The work itself meets the same, and tells.
    }
  }

  private async failRest(results: RemainingLineResults): Promise<void> {
    let isLeft = true;
    while (isLeft && !this.stop.aborted) {
      // oxlint-disable-next-line no-await-in-loop -- in small steps, as others use the database
      isLeft = await this.needs.work.failRemainingLines(this.taken.id, results);
    }
  }
}
