import { describe, expect, it } from 'vitest';
import type { ChildResult, ItemResult } from '../../upstream/call-result.js';
import { readChildOutcomes } from './child-outcomes.js';
import { customerKey } from '../customer-key.js';
import type { Update } from '../update.js';

const child = (value: string, verdict: ChildResult['verdict'] = 'updated'): ChildResult => ({
  verdict,
  identifiers: [{ type: 'mobile', value }],
  errors: [],
  warnings: [],
});

const outcomes = (children: ChildResult[], childFailureCount = 0): string[] => {
  const update = {
    children: ['911111111', '912222222'].map((value) => [customerKey({ type: 'mobile', value })]),
  } as unknown as Update;
  const result: ItemResult = { ...child('9'), children, childFailureCount };
  return readChildOutcomes(update, result).map(({ outcome }) => outcome);
};

describe(readChildOutcomes.name, () => {
  it('gives each child its own outcome, in the order sent', () => {
    expect(outcomes([child('912222222', 'rejected'), child('911111111')])).toEqual(['updated', 'rejected']);
  });

  it('reports a child without a result as unknown', () => {
    expect(outcomes([child('911111111')])).toEqual(['updated', 'unknown']);
    expect(outcomes([])).toEqual(['unknown', 'unknown']);
  });

  it('reports no child as updated when more failed than are named', () => {
    expect(outcomes([child('911111111'), child('912222222')], 1)).toEqual(['unknown', 'unknown']);
    expect(outcomes([child('911111111'), child('912222222', 'rejected')], 1)).toEqual([
      'updated',
      'rejected',
    ]);
  });
});
