import { describe, expect, it } from 'vitest';
import type { ItemResult } from '../upstream/call-result.js';
import { PendingUpdate } from './pending-update.js';
import type { Verdict } from './read-verdicts.js';
import type { Update } from './update.js';

const anUpdate = (isSafeToRepeat: boolean): Update => ({
  route: { source: 'INSTORE' },
  kind: 'customer',
  item: { profiles: [{ identifiers: [], source: 'INSTORE' }], loyaltyInfo: { loyaltyType: 'loyalty' } },
  customer: [],
  children: [],
  parent: [],
  isSafeToRepeat,
  doubts: [],
});

const failed = (kind: 'not-sent' | 'ambiguous' | 'update-failed'): Extract<Verdict, { kind: 'failed' }> => ({
  kind: 'failed',
  failure: { kind },
  reason:
    kind === 'not-sent' ? 'connection-refused' : kind === 'ambiguous' ? 'connection-lost' : 'update-failed',
  errors: [],
  canPass: true,
});

const RESULT: ItemResult = {
  verdict: 'updated',
  identifiers: [],
  errors: [],
  warnings: [],
  children: [],
  childFailureCount: 0,
};

function attempted(
  isSafeToRepeat: boolean,
  ...kinds: ('not-sent' | 'ambiguous' | 'update-failed')[]
): PendingUpdate {
  const pending = new PendingUpdate(anUpdate(isSafeToRepeat));
  for (const kind of kinds) {
    pending.begin();
    pending.end({ kind: 'answered', results: [], upstreamRequestId: 'id' });
    pending.fail(failed(kind));
  }
  return pending;
}

describe(PendingUpdate.name, () => {
  it('is failed when it is given up while it waits, and tells how the last attempt ended', async () => {
    const never = attempted(true);
    never.giveUp('deadline-passed');
    expect(await never.settled).toMatchObject({ outcome: 'failed', reason: 'deadline-passed', attempts: 0 });

    const once = attempted(true, 'not-sent');
    once.giveUp('deadline-passed');
    expect(await once.settled).toMatchObject({
      outcome: 'failed',
      reason: 'connection-refused',
      attempts: 1,
    });
  });

  it('is unknown when it is given up in flight', async () => {
    const pending = attempted(true);
    pending.begin();
    pending.giveUpWaiting('caller-gone');
    expect(pending.isSettled).toBe(false);
    pending.giveUp('deadline-passed');
    expect(await pending.settled).toMatchObject({ outcome: 'unknown', reason: 'deadline-passed' });
  });

  it('stays in doubt once an attempt may have been applied, whatever fails afterwards', async () => {
    const pending = attempted(true, 'ambiguous', 'not-sent');
    pending.giveUp('deadline-passed');
    expect(await pending.settled).toMatchObject({
      outcome: 'unknown',
      reason: 'connection-lost',
      attempts: 2,
    });
  });

  it('takes a failure of the vendor for failed, but with points for unknown', async () => {
    const [safe, crediting] = [attempted(true, 'update-failed'), attempted(false, 'update-failed')];
    safe.giveUp('update-failed');
    crediting.giveUp('update-failed');
    expect(await safe.settled).toMatchObject({ outcome: 'failed' });
    expect(await crediting.settled).toMatchObject({ outcome: 'unknown', pointsCredited: 'unknown' });
  });

  it('has one outcome, the first', async () => {
    const pending = attempted(true);
    pending.begin();
    pending.settleUpdated({ kind: 'updated', result: RESULT });
    pending.settleRejected([]);
    pending.giveUp('shutting-down');
    expect(await pending.settled).toMatchObject({ outcome: 'updated', attempts: 1 });
  });

  it('tells what became of points, and only where there are any', async () => {
    const plain = attempted(true);
    plain.settleUpdated({ kind: 'updated', result: RESULT });
    expect(await plain.settled).not.toHaveProperty('pointsCredited');

    const crediting = attempted(false);
    const warnings = [{ code: 19223, message: 'm', type: 'points-in-doubt' as const, status: 504 }];
    crediting.settleUpdated({ kind: 'updated', result: { ...RESULT, warnings } });
    expect(await crediting.settled).toMatchObject({ pointsCredited: 'unknown' });
  });
});
