import { describe, expect, it } from 'vitest';
import { type AuditException, checkExceptions, checkFindings, unusedExceptions } from './check-audit.ts';

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

describe(checkFindings.name, () => {
  it('reports a finding that no exception covers', () => {
    expect(checkFindings([FINDING], [])).toEqual(['csv-parse: Reads too much (high, GHSA-aaaa-bbbb-cccc)']);
  });

  it('accepts a covered finding', () => {
    expect(checkFindings([FINDING], [EXCEPTION])).toEqual([]);
  });

  it.each([{ package: 'csv' }, { advisory: 'GHSA-xxxx-yyyy-zzzz' }])(
    'applies an exception to its own package and advisory only: %o',
    (other) => {
      expect(checkFindings([FINDING], [{ ...EXCEPTION, ...other }])).toHaveLength(1);
    },
  );
});

describe(checkExceptions.name, () => {
  it.each(['2026-11-24', '2027-01-31'])('accepts an exception until its last day: %s', (today) => {
    expect(checkExceptions([EXCEPTION], today)).toEqual([]);
  });

  it.each([
    ['has expired', {}, '2027-02-01', 'expired on 2027-01-31'],
    ['has no reason', { reason: ' ' }, '2026-11-24', 'lacks reason'],
    ['has no end', { expires: undefined }, '2026-11-24', 'lacks expires'],
    ['ends on no day', { expires: '2027-13-01' }, '2026-11-24', 'expires on no day'],
    ['ends some day', { expires: 'soon' }, '2026-11-24', 'expires on no day'],
  ])('reports one that %s', (_what, changed, today, complaint) => {
    const exception = { ...EXCEPTION, ...changed } as AuditException;
    expect(checkExceptions([exception], today)).toEqual([expect.stringContaining(complaint)]);
  });
});

describe(unusedExceptions.name, () => {
  it('returns the exceptions without a finding', () => {
    expect(unusedExceptions([FINDING], [EXCEPTION])).toEqual([]);
    expect(unusedExceptions([], [EXCEPTION])).toEqual([EXCEPTION]);
  });
});
