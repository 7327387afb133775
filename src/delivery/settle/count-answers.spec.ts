import { describe, expect, it } from 'vitest';
import type { CallResult, FailureReason } from '../../upstream/call-result.js';
import { type FailedAnswer, countsAsAnswer } from './count-answers.js';

const MINUTE_MS = 60_000;
const by = { decidedBy: 'a rule' };
const ambiguous = (reason: FailureReason): CallResult => ({ kind: 'ambiguous', reason, ...by });
const notProcessed = (reason: FailureReason, mayBeOfOne = false): CallResult => ({
  kind: 'not-processed',
  reason,
  canPass: true,
  retryAfterMs: 0,
  mayBeOfOne,
  ...by,
});
const refused = (reason: FailureReason): CallResult => ({
  kind: 'refused',
  reason,
  isDivisible: true,
  errors: [],
  ...by,
});
const RESULTS: CallResult = { kind: 'answered', results: [], ...by };

/** An update that failed first at 0, alone, while the vendor returned no results. */
const counts = (result: CallResult, change: Partial<FailedAnswer> = {}): boolean =>
  countsAsAnswer({
    result,
    verdict: { reason: 'update-failed' },
    isAlone: true,
    answerCount: 0,
    firstFailedAt: 0,
    lastResultsAt: undefined,
    now: 1000,
    ...change,
  });

const HEALTHY = { lastResultsAt: 500 };

describe(countsAsAnswer.name, () => {
  it.each([
    ['a result of its own', RESULTS, { isAlone: false }, true],
    ['results without its own', RESULTS, { isAlone: false, verdict: { reason: 'no-proof' } }, false],
    ['results without its own, for it alone', RESULTS, { verdict: { reason: 'no-proof' } }, true],
    ['a 521 for it alone', notProcessed('customer-busy'), {}, true],
    ['a 521 for all', notProcessed('customer-busy'), { isAlone: false, ...HEALTHY }, false],
    ['a 500 for it alone', ambiguous('upstream-error'), HEALTHY, true],
    ['a 500 for all', ambiguous('upstream-error'), { isAlone: false, ...HEALTHY }, false],
    ['a 461 for it alone', notProcessed('upstream-busy', true), HEALTHY, true],
    ['a bare 400 for it alone', refused('no-verdict'), HEALTHY, true],
    ['a lost connection for it alone', ambiguous('connection-lost'), HEALTHY, true],
    ['a 503', notProcessed('upstream-busy'), HEALTHY, false],
    ['a 429', notProcessed('rate-limited'), HEALTHY, false],
    ['a refusal by a gateway', notProcessed('gateway-refused'), HEALTHY, false],
    ['a refused token', notProcessed('credentials-refused'), HEALTHY, false],
    ['a wrong configuration', refused('upstream-misconfigured'), HEALTHY, false],
    [
      'no connection',
      { kind: 'not-sent', reason: 'connection-refused', canPass: true, ...by },
      HEALTHY,
      false,
    ],
  ] as const)('after %s: %j', (_case, result, change, expected) => {
    expect(counts(result, change)).toBe(expected);
  });

  it.each([
    ['returned no results', { lastResultsAt: undefined }],
    ['returned results before the update failed first', { firstFailedAt: 600, lastResultsAt: 500 }],
    ['returned results too long ago', { lastResultsAt: 500, now: 3 * MINUTE_MS }],
  ])('counts no error about it alone while the vendor %s', (_case, change) => {
    expect(counts(ambiguous('upstream-error'), change)).toBe(false);
  });

  it('counts an error without a proof once in ten minutes, so that an outage of an hour loses nothing', () => {
    let answerCount = 0;
    const errorUntil = (minutes: number): number => {
      for (let now = 0; now < minutes * MINUTE_MS; now += 5000)
        if (counts(ambiguous('upstream-error'), { now, answerCount })) answerCount += 1;
      return answerCount;
    };
    expect(errorUntil(61)).toBe(6);
    answerCount = 0;
    expect(errorUntil(81)).toBe(8);
  });

  it('never counts a lost connection without a proof', () => {
    expect(counts(ambiguous('connection-lost'), { now: 1000 * MINUTE_MS })).toBe(false);
  });
});
