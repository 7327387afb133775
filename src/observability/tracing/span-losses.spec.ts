import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { REPORT_EVERY_MS, SpanLosses } from './span-losses.js';

let reports: [number, string][];
let losses: SpanLosses;

beforeEach(() => {
  vi.useFakeTimers();
  reports = [];
  losses = new SpanLosses((lostCount, because) => reports.push([lostCount, because]));
});
afterEach(() => vi.useRealTimers());

describe(SpanLosses, () => {
  it('reports the first loss at once, and the sum of the later ones once a minute', () => {
    losses.add(1, 'queue-full');
    expect(reports).toEqual([[1, 'queue-full']]);
    losses.add(2, 'queue-full');
    losses.add(3, 'queue-full');
    losses.add(4, 'not-accepted');
    vi.advanceTimersByTime(REPORT_EVERY_MS - 1);
    expect(reports).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(reports.slice(1)).toEqual([
      [5, 'queue-full'],
      [4, 'not-accepted'],
    ]);
  });

  it('reports a loss after a quiet time at once again', () => {
    losses.add(1, 'queue-full');
    vi.advanceTimersByTime(2 * REPORT_EVERY_MS);
    losses.add(2, 'not-accepted');
    expect(reports.at(-1)).toEqual([2, 'not-accepted']);
    expect(reports).toHaveLength(2);
  });

  it('reports what is left when it is closed', () => {
    losses.add(1, 'queue-full');
    losses.add(2, 'queue-full');
    losses.close();
    expect(reports.at(-1)).toEqual([2, 'queue-full']);
    vi.advanceTimersByTime(2 * REPORT_EVERY_MS);
    expect(reports).toHaveLength(2);
  });
});
