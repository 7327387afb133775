/** A value that takes a while to read, and may be unavailable: it is read at most once in a time, and the last one is kept. */
export class LastReading<T> {
  private last: T | undefined;
  private hasFailed = false;
  private readAt = -Infinity;
  private underWay: Promise<void> | undefined;

  /**
   * @param read may throw, or take longer than a caller waits
   * @param options how long a value counts as new, and how long `refresh` waits for one
   */
  constructor(
    private readonly read: () => Promise<T>,
    private readonly options: { readonly freshMs: number; readonly waitMs: number },
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The value that was read last; undefined before the first one. */
  get value(): T | undefined {
    return this.last;
  }

  /** Whether the last reading ended with a value in time. */
  get isCurrent(): boolean {
    return this.last !== undefined && !this.hasFailed;
  }

  /** Reads a new value unless there is one; never throws, and ends in time whatever the reading does. */
  async refresh(): Promise<void> {
    const { freshMs, waitMs } = this.options;
    if (this.now() - this.readAt < freshMs) return;
    this.underWay ??= this.readNow().finally(() => (this.underWay = undefined));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), waitMs);
    });
    if ((await Promise.race([this.underWay, late])) === 'late') this.hasFailed = true;
    clearTimeout(timer);
  }

  private async readNow(): Promise<void> {
    try {
      this.last = await this.read();
      this.readAt = this.now();
      this.hasFailed = false;
    } catch {
      // A failure is tried again by the next refresh.
      this.hasFailed = true;
    }
  }
}
