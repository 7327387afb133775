import { Clock } from '../../src/delivery/clock.js';

interface Happening {
  readonly at: number;
  readonly sequence: number;
  readonly run: () => void;
  isCancelled: boolean;
}

/** Returns numbers that look random and are the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Time that passes only in `pass`, from one scheduled event to the next. */
export class SimulatedClock extends Clock {
  private readonly heap: Happening[] = [];
  private time = 0;
  private sequence = 0;

  constructor(override readonly random: () => number) {
    super();
  }

  now(): number {
    return this.time;
  }

  after(waitMs: number, run: () => void): () => void {
    const happening: Happening = {
      at: this.time + Math.max(0, waitMs),
      sequence: this.sequence++,
      run,
      isCancelled: false,
    };
    this.push(happening);
    return () => (happening.isCancelled = true);
  }

  soon(run: () => void): void {
    this.after(0, run);
  }

  /** Runs everything that is scheduled until then, and the promises that follow from it. */
  async pass(ms: number): Promise<void> {
    const until = this.time + ms;
    await settle();
    for (let next = this.heap[0]; next && next.at <= until; next = this.heap[0]) {
      this.shift();
      if (next.isCancelled) continue;
      this.time = Math.max(this.time, next.at);
      next.run();
      await settle();
    }
    this.time = until;
  }

  private isBefore(one: number, other: number): boolean {
    const [a, b] = [this.heap[one], this.heap[other]];
    if (!a || !b) return a !== undefined;
    return a.at < b.at || (a.at === b.at && a.sequence < b.sequence);
  }

  private swap(one: number, other: number): void {
    const [a, b] = [this.heap[one], this.heap[other]];
    if (a && b) [this.heap[one], this.heap[other]] = [b, a];
  }

  private push(happening: Happening): void {
    let at = this.heap.push(happening) - 1;
    for (let above = (at - 1) >> 1; at > 0 && this.isBefore(at, above); above = (at - 1) >> 1) {
      this.swap(at, above);
      at = above;
    }
  }

  private shift(): void {
    const last = this.heap.pop();
    if (!last || this.heap.length === 0) return;
    this.heap[0] = last;
    for (let at = 0; ;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const below = right < this.heap.length && this.isBefore(right, left) ? right : left;
      if (below >= this.heap.length || !this.isBefore(below, at)) return;
      this.swap(at, below);
      at = below;
    }
  }
}

/** Resolves when every promise that could go on has gone on. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
