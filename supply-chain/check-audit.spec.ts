import { describe, expect, it } from 'vitest';
import { type AuditException, judgeExceptions, judgeFindings, needlessExceptions } from './judge-audit.ts';

const FINDING = {
  package: 'csv-parse',
  advisory: 'GHSA-aaaa-bbbb-cccc',
  severity: 'high',
  title: 'Reads too much',
};
const EXCEPTION: AuditException = {
  package: 'csv-parse',
  advisory: 'GHSA-aaaa-bbbb-cccc',
  reason: 'we bound what it reads',
  expires: '2027-01-31',
};

describe(judgeFindings.name, () => {
  it('tells of a finding that no exception covers', () => {
    expect(judgeFindings([FINDING], [])).toEqual(['csv-parse: Reads too much (high, GHSA-aaaa-bbbb-cccc)']);
  });

  it('is content with one that is covered', () => {
    expect(judgeFindings([FINDING], [EXCEPTION])).toEqual([]);
  });

  it.each([{ package: 'csv' }, { advisory: 'GHSA-xxxx-yyyy-zzzz' }])(
    'takes an exception for its own package and advisory only: %o',
    (other) => {
      expect(judgeFindings([FINDING], [{ ...EXCEPTION, ...other }])).toHaveLength(1);
    },
  );
});

describe(judgeExceptions.name, () => {
  it.each(['2026-11-24', '2027-01-31'])('lets an exception hold until its last day: %s', (today) => {
    expect(judgeExceptions([EXCEPTION], today)).toEqual([]);
  });

  it.each([
    ['has expired', {}, '2027-02-01', 'expired on 2027-01-31'],
    ['has no reason', { reason: ' ' }, '2026-11-24', 'lacks reason'],
    ['has no end', { expires: undefined }, '2026-11-24', 'lacks expires'],
    ['ends on no day', { expires: '2027-13-01' }, '2026-11-24', 'expires on no day'],
    ['ends some day', { expires: 'soon' }, '2026-11-24', 'expires on no day'],
  ])('complains of one that %s', (_what, changed, today, complaint) => {
    const exception = { ...EXCEPTION, ...changed } as AuditException;
    expect(judgeExceptions([exception], today)).toEqual([expect.stringContaining(complaint)]);
  });
});

describe(needlessExceptions.name, () => {
  it('names the exceptions for what is found no more', () => {
    expect(needlessExceptions([FINDING], [EXCEPTION])).toEqual([]);
    expect(needlessExceptions([], [EXCEPTION])).toEqual([EXCEPTION]);
  });
});
