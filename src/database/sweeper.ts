/** Instances that were started together do not sweep together. */
const JITTER = 0.2;

/** Sweeps at once and again after each pause, until it is stopped; never twice at a time. It keeps no process alive. */
export class Sweeper {
  private next: NodeJS.Timeout | undefined;
  private stopped = false;

  /** @param onFault told what a sweep throws; the next one comes all the same */
  constructor(
    private readonly pauseMs: number,
    private readonly sweep: () => Promise<void>,
    private readonly onFault: (error: unknown) => void,
  ) {}

  /** Asked by a sweep that takes long. */
  get isStopped(): boolean {
    return this.stopped;
  }

  /** Resolves after the first sweep. */
  async start(): Promise<void> {
    try {
      await this.sweep();
    } catch (error) {
      this.onFault(error);
    }
    if (this.stopped) return;
    const waitMs = this.pauseMs * (1 + JITTER * (2 * Math.random() - 1));
    this.next = setTimeout(() => void this.start(), waitMs).unref();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.next);
  }
}
