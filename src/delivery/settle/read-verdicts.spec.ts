import { describe, expect, it } from 'vitest';
import { aPendingUpdate } from '../../../test/builders/a-pending-update.js';
import type { CallResult, FailureReason, ItemResult } from '../../upstream/call-result.js';
import { readVerdicts } from './read-verdicts.js';

const UPDATES = ['a', 'b'].map((customer) => aPendingUpdate({ customer }).update);
const ERRORS = [{ code: 8015, message: 'm', type: 'customer-not-found' as const, status: 404 }];

const aResult = (customer: string, verdict: ItemResult['verdict']): ItemResult => ({
  verdict,
  identifiers: [{ type: 'externalId', value: customer }],
  errors: verdict === 'updated' ? [] : ERRORS,
  warnings: [],
  children: [],
  childFailureCount: 0,
});

const kinds = (result: CallResult): string[] =>
  readVerdicts(result, UPDATES).map((verdict) =>
    verdict.kind === 'failed' ? `${verdict.failure.kind}: ${verdict.reason}` : verdict.kind,
  );

describe(readVerdicts.name, () => {
  it.each<[FailureReason, string]>([
    ['call-refused', 'rejected'],
    ['no-verdict', 'not-sent: no-verdict'],
    ['upstream-misconfigured', 'not-sent: upstream-misconfigured'],
  ])(
    'rejects updates of a refused call only where the refusal is a verdict on them: %s',
    (reason, expected) => {
      const refused: CallResult = {
        kind: 'refused',
        reason,
        isDivisible: true,
        errors: ERRORS,
        decidedBy: '',
      };
      expect(kinds(refused)).toEqual([expected, expected]);
    },
  );

  it('reads the verdict of each result, in the order of the updates', () => {
    const results = [aResult('b', 'rejected'), aResult('a', 'updated')];
    expect(kinds({ kind: 'answered', results, decidedBy: 'results' })).toEqual(['updated', 'rejected']);
  });

  it('takes an update without a proved result for ambiguous', () => {
    const results = [aResult('a', 'updated')];
    expect(kinds({ kind: 'answered', results, decidedBy: 'results' })).toEqual([
      'updated',
      'ambiguous: no-proof',
    ]);
  });

  it.each<[ItemResult['verdict'], string]>([
    ['not-processed', 'not-processed: customer-busy'],
    ['update-failed', 'update-failed: update-failed'],
    ['ambiguous', 'ambiguous: points-in-doubt'],
  ])('reads a result that is %s as a failure', (verdict, expected) => {
    const results = [aResult('a', verdict), aResult('b', 'updated')];
    expect(kinds({ kind: 'answered', results, decidedBy: 'results' })).toEqual([expected, 'updated']);
  });

  it('says that the vendor is busy, where the code of a result means that', () => {
    const busy = {
      ...aResult('a', 'not-processed'),
      errors: ERRORS.map((error) => ({ ...error, type: 'upstream-busy' as const })),
    };
    const results = [busy, aResult('b', 'updated')];
    expect(kinds({ kind: 'answered', results, decidedBy: 'results' })).toEqual([
      'not-processed: upstream-busy',
      'updated',
    ]);
  });

  it.each<[string, CallResult, string]>([
    [
      'a lost answer',
      { kind: 'ambiguous', reason: 'connection-lost', decidedBy: 'transport' },
      'ambiguous: connection-lost',
    ],
    [
      'a refused connection',
      { kind: 'not-sent', reason: 'connection-refused', canPass: true, decidedBy: 'transport' },
      'not-sent: connection-refused',
    ],
    [
      'a refusal',
      { kind: 'refused', reason: 'call-refused', isDivisible: true, errors: ERRORS, decidedBy: 'status 400' },
      'rejected',
    ],
    [
      'a wrong configuration',
      {
        kind: 'refused',
        reason: 'upstream-misconfigured',
        isDivisible: false,
        errors: ERRORS,
        decidedBy: 'status 404',
      },
      'not-sent: upstream-misconfigured',
    ],
  ])('gives every update the verdict of the call: %s', (_case, result, expected) => {
    expect(kinds(result)).toEqual([expected, expected]);
  });
});
