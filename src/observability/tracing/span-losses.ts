/** Spans are lost where the collector is slower than we are, or where it does not accept them. */
export type LossReason = 'queue-full' | 'not-accepted';

/** How often losses are reported: a collector that is down for a day is no news each second. */
export const REPORT_EVERY_MS = 60_000;

/** Counts lost spans, and reports the first loss at once and the later ones once a minute. */
export class SpanLosses {
  private readonly counts = new Map<LossReason, number>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly report: (lostCount: number, because: LossReason) => void) {}

  add(lostCount: number, because: LossReason): void {
    this.counts.set(because, (this.counts.get(because) ?? 0) + lostCount);
    this.timer ??= this.reportAndWait();
  }

  /** Reports what is not reported yet. */
  close(): void {
    clearTimeout(this.timer);
    this.reportAll();
  }

  private reportAndWait(): NodeJS.Timeout {
    this.reportAll();
    return setTimeout(() => {
      this.timer = this.counts.size > 0 ? this.reportAndWait() : undefined;
    }, REPORT_EVERY_MS).unref();
  }

  private reportAll(): void {
    for (const [because, lostCount] of this.counts) this.report(lostCount, because);
    this.counts.clear();
  }
}
