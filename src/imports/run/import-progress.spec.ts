import { describe, expect, it } from 'vitest';
import { ImportProgress } from './import-progress.js';

const CLOSED = { breakerState: 'closed', budgetWaitMs: 0 } as const;

describe(ImportProgress.name, () => {
  it.each([
    ['credentials-refused', 'credentials'],
    ['token-unavailable', 'credentials'],
    ['unknown-authority', 'configuration'],
    ['connection-refused', 'vendor'],
    ['rate-limited', 'budget'],
    ['storage-unavailable', 'database'],
    ['too-many-pending', 'queue'],
    ['customer-busy', 'retries'],
  ] as const)('after %s an import waits for %s, until lines get results', (reason, expected) => {
    const progress = new ImportProgress();
    progress.failed(1, 7, reason, 0);
    expect(progress.waitingFor(CLOSED)).toBe(expected);
    progress.progressed();
    expect(progress.waitingFor(CLOSED)).toBeUndefined();
  });

  it.each([
    ['connection-refused', { breakerState: 'open', budgetWaitMs: 5000 }, 'breaker'],
    ['connection-refused', { breakerState: 'half-open', budgetWaitMs: 0 }, 'breaker'],
    ['connection-refused', { breakerState: 'closed', budgetWaitMs: 5000 }, 'budget'],
    ['connection-refused', { breakerState: 'closed', budgetWaitMs: 300 }, 'vendor'],
    ['token-unavailable', { breakerState: 'open', budgetWaitMs: 5000 }, 'credentials'],
    ['upstream-misconfigured', { breakerState: 'open', budgetWaitMs: 0 }, 'configuration'],
  ] as const)('after %s, in %j, it waits for the cause of the others: %s', (reason, vendor, expected) => {
    const progress = new ImportProgress();
    progress.failed(1, 7, reason, 0);
    expect(progress.waitingFor(vendor)).toBe(expected);
  });

  it('waits for retries after an error about a line alone, which otherwise is about the vendor', () => {
    const progress = new ImportProgress();
    progress.failed(1, 7, 'upstream-error', 1);
    expect(progress.waitingFor(CLOSED)).toBe('retries');
  });

  it('returns the counts that changed since they were last taken, with those of earlier processes', () => {
    const progress = new ImportProgress();
    progress.begin(1, { 7: 2 });
    progress.begin(2);
    expect(progress.takeUnsaved().size).toBe(0);
    progress.failed(1, 8, 'customer-busy', 1);
    progress.failed(2, 105, 'connection-refused', 0);
    expect([...progress.takeUnsaved()]).toEqual([[1, { 7: 2, 8: 1 }]]);
    expect(progress.takeUnsaved().size).toBe(0);
    progress.failed(1, 7, 'customer-busy', 3);
    progress.end(1);
    expect(progress.takeUnsaved().size).toBe(0);
  });
});
