import { describe, expect, it } from 'vitest';
import { Journal, mostCalls } from './journal.ts';
import type { JournalEntry } from './journal.ts';

function open(journal: Journal): JournalEntry {
  return journal.open({
    id: 'id',
    kind: 'bulk',
    method: 'PUT',
    path: '/v2/bulk',
    query: {},
    attribution: { entityType: null, entityCode: null },
    userAgent: null,
    traceparent: null,
    requestId: null,
    authScheme: 'none',
    itemCount: null,
    bodyBytes: 0,
    openedAt: 0,
    closedAt: null,
    answeredStatus: null,
    applied: [],
    faults: [],
  });
}

describe(Journal, () => {
  it('drops the oldest bodies beyond its bytes, and is then incomplete until it is cleared', () => {
    const journal = new Journal(10);
    const [first, second, third] = [open(journal), open(journal), open(journal)];
    for (const entry of [first, second]) journal.keepBody(entry, '[1,2]');
    expect(journal.isComplete).toBe(true);
    journal.keepBody(third, '[3]');
    expect([first, second, third].map((entry) => journal.bodyText(entry))).toEqual([
      undefined,
      '[1,2]',
      '[3]',
    ]);
    expect(journal.isComplete).toBe(false);
    journal.clear();
    expect([journal.length, journal.isComplete]).toEqual([0, true]);
    expect(open(journal).seq).toBe(4);
  });

  it('drops the oldest calls beyond its number, with their bodies', () => {
    const journal = new Journal(10);
    const first = open(journal);
    journal.keepBody(first, '[1,2,3]');
    while (journal.isComplete) open(journal);
    expect(journal.length).toBe(mostCalls);
    expect(journal.bodyText(first)).toBeUndefined();
    journal.keepBody(open(journal), '[1,2,3,4]');
    expect(journal.bodyText(journal.entries.at(-1) ?? first)).toBe('[1,2,3,4]');
  });
});
