import type { FreeChunk, RemainingLineResults } from '../../records/import-chunks.repository.js';
import type { TakenImport } from '../../records/imports.repository.js';
import { ChunkDelivery, type Dependencies, keysOf } from './deliver-chunk.js';
import { notSent } from '../results/line-result.js';

/** How many chunks of one import a process delivers at once: enough to fill its calls, and few enough to leave room for others. */
const MAX_CONCURRENT_CHUNKS = 8;
/** After this time the import returns to the end of the queue, so that a short one need not wait for a long one. */
const TURN_MS = 30_000;
/** How often the leases of chunks are renewed, long before they expire. The same statement reads whether the import is cancelled. */
const RENEW_EVERY_MS = 1000;
/** How long to wait for a chunk that another process holds. */
const BUSY_MS = 250;

/** One turn of an import in this process. It delivers chunks in the order of lines until none is left, or it must stop. */
export class ImportRun {
  private readonly cancel = new AbortController();
  /** Deliveries by the numbers of their chunks. */
  private readonly inDelivery = new Map<number, Promise<void>>();
  private readonly chunks: ChunkDelivery;
  private backingOffCount = 0;
  private failure: { readonly error: unknown } | undefined;

  constructor(
    private readonly dependencies: Dependencies,
    private readonly taken: TakenImport,
    /** Aborted when this process must stop. */
    private readonly stop: AbortSignal,
  ) {
    const signal = AbortSignal.any([stop, this.cancel.signal]);
    this.chunks = new ChunkDelivery(dependencies, taken, signal, (isBackingOff) => {
      this.backingOffCount += isBackingOff ? 1 : -1;
    });
  }

  /** @throws the error of storing results, after all deliveries have ended */
  async run(): Promise<void> {
    if (this.taken.isRefused) return this.failRemainingLines(notSent('invalid-lines'));
    const renewing = setInterval(() => void this.renewLeases(), RENEW_EVERY_MS);
    try {
      await this.submitInOrder();
    } finally {
      await Promise.all(this.inDelivery.values());
      clearInterval(renewing);
    }
    if (this.failure) throw this.failure.error;
    const { state } = await this.dependencies.work.next(this.taken.id);
    if (state === 'cancelling') await this.failRemainingLines(notSent('cancelled'));
  }

  private async submitInOrder(): Promise<void> {
    const endsAt = performance.now() + TURN_MS;
    while (!this.stop.aborted && !this.failure && performance.now() < endsAt) {
      if (this.backingOffCount > 0 || this.inDelivery.size >= MAX_CONCURRENT_CHUNKS) {
        // Later lines must not overtake lines that wait for a retry.
        // oxlint-disable-next-line no-await-in-loop -- until a delivery has ended
        await Promise.race(this.inDelivery.values());
        continue;
      }
      // oxlint-disable-next-line no-await-in-loop -- in the order of lines
      const { state, chunk, isLeft } = await this.dependencies.work.next(this.taken.id);
      if (state !== 'running' || !isLeft) return;
      // oxlint-disable-next-line no-await-in-loop -- in the order of lines
      if (!chunk || !(await this.begin(chunk))) await this.waitForChunk();
    }
  }

  /** @returns false if a process, possibly this one, is updating a customer of the chunk */
  private async begin(chunk: FreeChunk): Promise<boolean> {
    // The lease expired while this process was suspended. A second claim would also permit the points that still wait here under the first one.
    if (this.inDelivery.has(chunk.number)) return false;
    const translated = this.chunks.translate(chunk);
    const claim = await this.dependencies.work.claim(this.taken, chunk, keysOf(translated));
    if (claim !== 'claimed') return claim === 'taken';
    // Only after the claim, as the previous holder may have continued until then.
    const prepared = await this.chunks.prepare(translated);
    const delivered: Promise<void> = this.chunks
      .deliver(prepared)
      .catch((error: unknown) => {
        this.failure ??= { error };
      })
      .finally(() => this.inDelivery.delete(chunk.number));
    this.inDelivery.set(chunk.number, delivered);
    return true;
  }

  /** Waits until another process may have released a chunk, or a delivery of this one has ended. */
  private async waitForChunk(): Promise<void> {
    const pause = this.dependencies.wait(BUSY_MS, this.stop).catch(() => undefined); // aborted: the loop ends
    await Promise.race([...this.inDelivery.values(), pause]);
  }

  /** Renews the leases of the chunks, and withdraws their waiting updates if the import is cancelled. */
  private async renewLeases(): Promise<void> {
    try {
      const state = await this.dependencies.work.keep(this.taken);
      if (state === 'cancelling') this.cancel.abort();
    } catch {
      // The delivery of a chunk gets the same error, and throws it.
    }
  }

  private async failRemainingLines(results: RemainingLineResults): Promise<void> {
    let isLeft = true;
    while (isLeft && !this.stop.aborted) {
      // oxlint-disable-next-line no-await-in-loop -- in small steps, as others use the database
      isLeft = await this.dependencies.work.failRemainingLines(this.taken.id, results);
    }
  }
}
