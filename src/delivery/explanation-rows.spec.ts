import { describe, expect, it } from 'vitest';
import type { Explanation, Step } from './explanation.js';
import { fromRow, toRows } from './explanation-rows.js';

const sent = (callId: string): Step => ({
  afterMs: 3,
  event: 'sent',
  callId,
  purpose: 'first',
  itemCount: 2,
});
const answered = (callId: string, upstreamRequestId: string): Step => ({
  afterMs: 9,
  event: 'answered',
  callId,
  upstreamRequestId,
});
const settled: Step = { afterMs: 9, event: 'settled', outcome: 'updated' };

const anExplanation = (id: string, others: Partial<Explanation> = {}): Explanation => ({
  id,
  submittedAt: new Date(1000),
  priority: 'interactive',
  principal: 'api-key:app',
  requestId: 'order-1',
  lane: { source: 'INSTORE', kind: 'customer' },
  steps: [sent('call-1'), answered('call-1', 'vendor-1'), settled],
  ...others,
});

describe(toRows.name, () => {
  it('puts updates that were submitted together and went the same way into one row', () => {
    const [row, ...others] = toRows([anExplanation('a'), anExplanation('b')]);
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      updateIds: ['a', 'b'],
      foundBy: ['order-1', 'call-1', 'vendor-1'],
      outcome: 'updated',
      principal: 'api-key:app',
    });
  });

  it.each<[string, Partial<Explanation>]>([
    ['another time', { submittedAt: new Date(1001) }],
    ['another principal', { principal: 'api-key:other' }],
    ['no principal', { principal: undefined }],
    ['another request', { requestId: 'order-2' }],
    ['another import', { requestId: undefined, importId: 'import-1' }],
    ['another lane', { lane: { source: 'ECOMM', kind: 'customer' } }],
    ['another call', { steps: [sent('call-2'), settled] }],
    ['another duration', { steps: [{ ...settled, afterMs: 10 }] }],
  ])('puts an update of %s into a row of its own', (_what, others) => {
    expect(toRows([anExplanation('a'), anExplanation('b', others)])).toHaveLength(2);
  });

  it('names each id once, of every call and answer', () => {
    const steps = [
      sent('call-1'),
      answered('call-1', 'vendor-1'),
      sent('call-2'),
      answered('call-2', 'vendor-2'),
      settled,
    ];
    const [row] = toRows([anExplanation('a', { steps, requestId: undefined, importId: 'import-1' })]);
    expect(row?.foundBy).toEqual(['import-1', 'call-1', 'vendor-1', 'call-2', 'vendor-2']);
  });

  it('takes the outcome from before a late answer, and leaves out what has none', () => {
    const late = anExplanation('a', { steps: [{ ...settled, outcome: 'unknown' }, answered('c', 'v')] });
    const rows = toRows([late, anExplanation('b', { steps: [sent('call-1')] })]);
    expect(rows.map(({ updateIds, outcome }) => [updateIds, outcome])).toEqual([[['a'], 'unknown']]);
  });
});

describe(fromRow.name, () => {
  it('returns the explanations that were stored', () => {
    const all = [
      anExplanation('a', { importId: undefined }),
      anExplanation('b', { requestId: undefined, importId: 'import-1', principal: undefined }),
    ];
    expect(toRows(all).flatMap(fromRow)).toEqual(all);
  });
});
