/** Time and random numbers, so that a test can provide its own. */
export abstract class Clock {
  /** Milliseconds that never jump, on the scale of `performance.now()`. */
  abstract now(): number;
  /** Runs once after a while, unless the returned function is called before. */
  abstract after(waitMs: number, run: () => void): () => void;
  /** Runs after everything that has arrived by now has been read. */
  abstract soon(run: () => void): void;
  /** Returns a number, uniform in [0, 1). */
  abstract random(): number;
}

/** About 24 days: Node runs a longer timer at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export class SystemClock extends Clock {
  now(): number {
    return performance.now();
  }

  after(waitMs: number, run: () => void): () => void {
    const timer = setTimeout(run, Math.min(waitMs, LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  }

  soon(run: () => void): void {
    setImmediate(run);
  }

  random(): number {
    return Math.random();
  }
}
