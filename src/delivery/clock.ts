/** Time and chance, so that a test can bring its own. */
export abstract class Clock {
  /** Milliseconds that never jump, on the scale of `performance.now()`. */
  abstract now(): number;
  /** Runs once after a while, unless the answer is called before. */
  abstract after(waitMs: number, run: () => void): () => void;
  /** Runs when all that has arrived by now has been read. */
  abstract soon(run: () => void): void;
  /** Uniform in [0, 1). */
  abstract dice(): number;
}

export class SystemClock extends Clock {
  now(): number {
    return performance.now();
  }

  after(waitMs: number, run: () => void): () => void {
    const timer = setTimeout(run, waitMs);
    return () => clearTimeout(timer);
  }

  soon(run: () => void): void {
    setImmediate(run);
  }

  dice(): number {
    return Math.random();
  }
}
