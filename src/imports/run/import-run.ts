import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { FreeChunk, RemainingLineResults } from '../../records/import-chunks.repository.js';
import type { TakenImport } from '../../records/imports.repository.js';
import {
  ChunkDelivery,
  type Dependencies,
  type PreparedChunk,
  type TranslatedChunk,
  keysOf,
} from './deliver-chunk.js';
import { notSent } from '../results/line-result.js';
import { ImportProgress } from './import-progress.js';

/** How many chunks of one import a process delivers at once: enough to fill its calls, and few enough to leave room for others. */
const MAX_CONCURRENT_CHUNKS = 8;
/** How many chunks are read and claimed with one statement each. */
const CHUNKS_PER_CLAIM = 4;
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
  private readonly progress = new ImportProgress();
  private backingOffCount = 0;
  private failure: { readonly error: unknown } | undefined;

  constructor(
    private readonly dependencies: Dependencies,
    private readonly taken: TakenImport,
    /** Aborted when this process must stop. */
    private readonly stop: AbortSignal,
  ) {
    const signal = AbortSignal.any([stop, this.cancel.signal]);
    const onBackingOff = (isBackingOff: boolean): void => {
      this.backingOffCount += isBackingOff ? 1 : -1;
    };
    this.chunks = new ChunkDelivery(dependencies, taken, signal, onBackingOff, this.progress);
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
    const { state } = await this.dependencies.work.next(this.taken.id, 0);
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
      const room = MAX_CONCURRENT_CHUNKS - this.inDelivery.size;
      // oxlint-disable-next-line no-await-in-loop -- in the order of lines
      const { state, chunks, isLeft } = await this.dependencies.work.next(
        this.taken.id,
        Math.min(room, CHUNKS_PER_CLAIM),
      );
      if (state !== 'running' || !isLeft) return;
      // oxlint-disable-next-line no-await-in-loop -- in the order of lines
      if (!(await this.begin(chunks))) await this.waitForChunk();
    }
  }

  /** @returns false if a process, possibly this one, has the first chunk or is updating a customer of it */
  private async begin(chunks: readonly FreeChunk[]): Promise<boolean> {
    // The lease expired while this process was suspended. A second claim would also permit the points that still wait here under the first one.
    const inDelivery = chunks.findIndex(({ number }) => this.inDelivery.has(number));
    const free = inDelivery === -1 ? chunks : chunks.slice(0, inDelivery);
    if (free.length === 0) return false;
    const translated: TranslatedChunk[] = [];
    for (const chunk of free) {
      translated.push(this.chunks.translate(chunk));
      // oxlint-disable-next-line no-await-in-loop -- callers who wait come first
      await yieldToOthers();
    }
    const claims = await this.dependencies.work.claim(
      this.taken,
      translated.map((one) => ({ number: one.number, revision: one.revision, keys: keysOf(one) })),
    );
    const claimed = translated.filter((_one, index) => claims[index] === 'claimed');
    // Only after the claims, as the previous holders may have continued until then.
    for (const prepared of await this.chunks.prepare(claimed)) {
      this.deliver(prepared);
      // oxlint-disable-next-line no-await-in-loop -- callers who wait come first
      await yieldToOthers();
    }
    return claims[0] !== 'awaits-others';
  }

  private deliver(prepared: PreparedChunk): void {
    const { number: chunk, lines } = prepared;
    const facts = { importId: this.taken.id, chunk, itemCount: lines.length };
    const delivered: Promise<void> = this.dependencies
      .trace(facts, () => this.chunks.deliver(prepared))
      .catch((error: unknown) => {
        this.failure ??= { error };
      })
      .finally(() => this.inDelivery.delete(prepared.number));
    this.inDelivery.set(prepared.number, delivered);
  }

  /** Waits until another process may have released a chunk, or a delivery of this one has ended. */
  private async waitForChunk(): Promise<void> {
    const pause = this.dependencies.wait(BUSY_MS, this.stop).catch(() => undefined); // aborted: the loop ends
    await Promise.race([...this.inDelivery.values(), pause]);
  }

  /** Renews the leases of the chunks, notes the progress, and withdraws their waiting updates if the import is cancelled. */
  private async renewLeases(): Promise<void> {
    try {
      const { delivery, work } = this.dependencies;
      const isDelivering = this.inDelivery.size > 0;
      const state = await work.keep(this.taken, {
        waitingFor: isDelivering ? this.progress.waitingFor(delivery) : undefined,
        answerCounts: this.progress.takeUnsaved(),
      });
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
