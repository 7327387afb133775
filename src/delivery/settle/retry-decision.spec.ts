import { describe, expect, it } from 'vitest';
import { BACKOFF, PATIENT_BACKOFF, type FailedAttempt, decideRetry } from './retry-decision.js';

const failed = (differences: Partial<FailedAttempt> = {}): FailedAttempt => ({
  failure: { kind: 'not-sent' },
  attempt: 1,
  remainingMs: 10_000,
  isSafeToRepeat: true,
  ...differences,
});

/** The waits between eight attempts of an import. */
const patientWaits = (random: number): number[] =>
  [1, 2, 3, 4, 5, 6, 7].map((attempt) => {
    const decision = decideRetry(failed({ attempt }), PATIENT_BACKOFF, random);
    return decision.retry ? decision.waitMs : NaN;
  });

describe(decideRetry.name, () => {
  it.each([
    [1, 50],
    [2, 100],
    [3, 200],
    [10, 2500],
  ])('waits a random share of the doubled base: attempt %i', (attempt, waitMs) => {
    expect(decideRetry(failed({ attempt }), BACKOFF, 0.5)).toEqual({ retry: true, waitMs });
  });

  it('gives a busy customer of an import 20 seconds in eight attempts, and never blocks a caller for longer', () => {
    expect(patientWaits(0).reduce((total, wait) => total + wait)).toBeGreaterThan(20_000);
    expect(Math.max(...patientWaits(0.999))).toBeLessThanOrEqual(BACKOFF.capMs);
  });

  it('waits at least as long as the vendor asks', () => {
    const failure = { kind: 'not-processed', retryAfterMs: 3000 } as const;
    expect(decideRetry(failed({ failure }), BACKOFF, 0.5)).toEqual({ retry: true, waitMs: 3000 });
  });

  it('stops when the wait would pass the deadline', () => {
    expect(decideRetry(failed({ remainingMs: 50 }), BACKOFF, 0.5)).toEqual({
      retry: false,
      because: 'deadline-passed',
    });
  });

  it.each(['ambiguous', 'update-failed'] as const)(
    'never repeats points that may be credited: %s',
    (kind) => {
      const failure = { kind };
      expect(decideRetry(failed({ failure, isSafeToRepeat: false }), BACKOFF, 0)).toEqual({
        retry: false,
        because: 'unsafe-to-repeat',
      });
      expect(decideRetry(failed({ failure }), BACKOFF, 0)).toEqual({ retry: true, waitMs: 0 });
    },
  );

  it('repeats points that cannot be credited', () => {
    expect(decideRetry(failed({ isSafeToRepeat: false }), BACKOFF, 0)).toMatchObject({ retry: true });
  });
});
