import { percentile } from './figures.js';
import type { Latencies, LoadResult } from './load.js';

/** How long each answer took, by status, until the load is over. */
export class AnswerTimes {
  private readonly tookMs: Record<string, number[]> = {};
  private readonly startedAt = performance.now();

  constructor(private readonly seconds: number) {}

  note(status: number, ms: number): void {
    if (this.elapsedSeconds() <= this.seconds) (this.tookMs[status] ??= []).push(ms);
  }

  result(errors: number): LoadResult {
    const seconds = Math.min(this.seconds, this.elapsedSeconds());
    const answers = Object.fromEntries(
      Object.entries(this.tookMs).map(([status, all]) => [status, summarize(all)]),
    );
    return {
      answers,
      errors,
      seconds,
      succeededPerSecond: (answers['200']?.count ?? 0) / seconds,
    };
  }

  private elapsedSeconds(): number {
    return (performance.now() - this.startedAt) / 1000;
  }
}

function summarize(all: readonly number[]): Latencies {
  const sorted = Float64Array.from(all).toSorted();
  const at = (share: number): number => percentile(sorted, share);
  return { count: sorted.length, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}
