import { Injectable } from '@nestjs/common';

/** The longest slice of work between two turns, apart from its last step. */
const SLICE_MS = 5;

interface Waiting {
  readonly arrivedAt: number;
  readonly begin: () => void;
}

/**
 * Divides long work, such as a batch, into slices, so that it never blocks the event loop for long. Each turn of the
 * event loop has one slice, however much work waits: the slices of many requests in one turn would add up. The request
 * that arrived first has the turn, so large requests keep their order, and few of them are in memory half done.
 */
@Injectable()
export class LoopTurns {
  private readonly waiting: Waiting[] = [];

  /** Resolves in a turn of the event loop in which no other slice runs. */
  next(arrivedAt: number): Promise<void> {
    return new Promise((begin) => {
      if (this.waiting.push({ arrivedAt, begin }) === 1) setImmediate(() => this.take());
    });
  }

  /**
   * Runs work in slices, the first one at once.
   *
   * @param work yields wherever it may be interrupted
   */
  async run<T>(work: Iterator<void, T>, arrivedAt: number): Promise<T> {
    for (let endsAt = performance.now() + SLICE_MS; ;) {
      const step = work.next();
      if (step.done) return step.value;
      if (performance.now() < endsAt) continue;
      // oxlint-disable-next-line no-await-in-loop -- a slice ends here
      await this.next(arrivedAt);
      endsAt = performance.now() + SLICE_MS;
    }
  }

  private take(): void {
    let first = 0;
    this.waiting.forEach(({ arrivedAt }, index) => {
      if (arrivedAt < (this.waiting[first]?.arrivedAt ?? Infinity)) first = index;
    });
    const [taken] = this.waiting.splice(first, 1);
    // Within this callback, this means the next turn.
    if (this.waiting.length > 0) setImmediate(() => this.take());
    taken?.begin();
  }
}
