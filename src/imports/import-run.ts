import type { TakenImport } from '../storage/import-work.repository.js';
import { ChunkDelivery, type Rooms } from './chunk-delivery.js';
import { notSent } from './line-result.js';

/** Chunks of one import that are in delivery at once: enough to fill its calls, few enough to leave room for others. */
const CHUNKS_AT_ONCE = 8;
/** After so long the import goes to the end of the queue, so that a short one need not wait for a long one. */
const TURN_MS = 30_000;
const LOOK_EVERY_MS = 1000;
/** After the last chunk of any import. */
const LAST_NUMBER = 2 ** 31 - 1;

/** One turn of an import in this process: chunks in the order of lines, until none is left or it is to stop. */
export class ImportRun {
  private readonly cancel = new AbortController();
  private readonly underWay = new Set<Promise<void>>();
  private readonly chunks: ChunkDelivery;
  private restingCount = 0;
  private failure: { readonly error: unknown } | undefined;

  constructor(
    private readonly rooms: Rooms,
    private readonly taken: TakenImport,
    /** Aborted when this process is to stop. */
    private readonly stop: AbortSignal,
  ) {
    const signal = AbortSignal.any([stop, this.cancel.signal]);
    this.chunks = new ChunkDelivery(rooms, taken, signal, (isResting) => {
      this.restingCount += isResting ? 1 : -1;
    });
  }

  /** @throws whatever went wrong with noting results, when all that was in delivery has ended */
  async workOff(): Promise<void> {
    if (this.taken.isRefused) return this.failRest(notSent('invalid-lines'));
    const looking = setInterval(() => void this.look(), LOOK_EVERY_MS);
    try {
      await this.submitInOrder();
    } finally {
      await Promise.all(this.underWay);
      clearInterval(looking);
    }
    if (this.failure) throw this.failure.error;
    const { state } = await this.rooms.work.next(this.taken, 0);
    if (state === 'cancelling') await this.failRest(notSent('cancelled'));
  }

  private async submitInOrder(): Promise<void> {
    const endsAt = performance.now() + TURN_MS;
    let after = 0;
    while (!this.stop.aborted && !this.failure && performance.now() < endsAt) {
      if (this.restingCount > 0 || this.underWay.size >= CHUNKS_AT_ONCE) {
        // Later lines do not overtake those that are to be tried again.
        // oxlint-disable-next-line no-await-in-loop -- until there is room
        await Promise.race(this.underWay);
        continue;
      }
      // oxlint-disable-next-line no-await-in-loop -- in the order of lines
      const { state, chunk } = await this.rooms.work.next(this.taken, after);
      if (state !== 'running' || !chunk) return;
      // oxlint-disable-next-line no-await-in-loop -- in the order of lines
      const prepared = await this.chunks.prepare(chunk);
      after = chunk.number;
      const delivered: Promise<void> = this.chunks
        .deliver(prepared)
        .catch((error: unknown) => {
          this.failure ??= { error };
        })
        .finally(() => this.underWay.delete(delivered));
      this.underWay.add(delivered);
    }
  }

  /** What waits in delivery is called back when somebody cancels. */
  private async look(): Promise<void> {
    try {
      const { state } = await this.rooms.work.next(this.taken, LAST_NUMBER);
      if (state === 'cancelling') this.cancel.abort();
    } catch {
      // The work itself meets the same, and tells.
    }
  }

  private async failRest(result: string): Promise<void> {
    let isLeft = true;
    while (isLeft && !this.stop.aborted) {
      // oxlint-disable-next-line no-await-in-loop -- in small steps, as others use the database
      isLeft = await this.rooms.work.failSome(this.taken, result);
    }
  }
}
