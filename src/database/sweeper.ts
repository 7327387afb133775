import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';

/** Spreads the sweeps of instances that were started together. */
const JITTER = 0.2;

/**
 * Sweeps once at start and again after each pause, until the shutdown; never twice at the same time.
 *
 * Its timer does not keep the process alive.
 */
export abstract class Sweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private next: NodeJS.Timeout | undefined;
  private stopped = false;

  /** @param onFault called with the error of a sweep; the next sweep runs all the same */
  constructor(
    private readonly pauseMs: number,
    private readonly onFault: (error: unknown) => void,
  ) {}

  onApplicationBootstrap(): void {
    void this.sweepRepeatedly();
  }

  beforeApplicationShutdown(): void {
    this.stopped = true;
    clearTimeout(this.next);
  }

  protected abstract sweep(): Promise<void>;

  /** Whether a long sweep should end early. */
  protected get isStopped(): boolean {
    return this.stopped;
  }

  /** Resolves after the first sweep. */
  protected async sweepRepeatedly(): Promise<void> {
    try {
      await this.sweep();
    } catch (error) {
      this.onFault(error);
    }
    if (this.stopped) return;
    const waitMs = this.pauseMs * (1 + JITTER * (2 * Math.random() - 1));
    this.next = setTimeout(() => void this.sweepRepeatedly(), waitMs).unref();
  }
}
