import { describe, expect, it } from 'vitest';
import type { ItemResult } from '../../upstream/call-result.js';
import { measureItem } from '../../upstream/bulk-request.js';
import { PendingUpdate, type CallAttempt } from './pending-update.js';
import type { Verdict } from '../settle/read-verdicts.js';
import type { Update } from '../update.js';

const ATTEMPT: CallAttempt = { callId: 'call', itemCount: 1, sentAt: 10, isIsolation: false };

const ITEM: Update['item'] = {
  profiles: [{ identifiers: [], source: 'INSTORE' }],
  loyaltyInfo: { loyaltyType: 'loyalty' },
};

const anUpdate = (isSafeToRepeat: boolean): Update => ({
  route: { source: 'INSTORE' },
  kind: 'customer',
  item: ITEM,
  customer: [],
  children: [],
  parent: [],
  ...(!isSafeToRepeat && { credit: { points: 1, perProgram: [1], itemWithoutPoints: ITEM } }),
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
  const update = anUpdate(isSafeToRepeat);
  const pending = new PendingUpdate(update, {
    laneKey: 'lane',
    item: measureItem(update.item),
    priority: 'interactive',
    submittedAt: 0,
    deadlineAt: 10_000,
    gone: new AbortController().signal,
    stop: new AbortController().signal,
    sequence: 0,
  });
  for (const kind of kinds) {
    pending.markSent(ATTEMPT);
    pending.markAnswered(
      ATTEMPT,
      { kind: 'answered', results: [], decidedBy: 'results', upstreamRequestId: 'id' },
      20,
    );
    pending.fail(failed(kind), 0, false);
  }
  return pending;
}

describe(PendingUpdate.name, () => {
  it('is failed when it is given up while it waits, and reports how the last attempt ended', async () => {
    const never = attempted(true);
    never.giveUp('deadline-passed', 30);
    expect(await never.settled).toMatchObject({ outcome: 'failed', reason: 'deadline-passed', attempts: 0 });

    const once = attempted(true, 'not-sent');
    once.giveUp('deadline-passed', 30);
    expect(await once.settled).toMatchObject({
      outcome: 'failed',
      reason: 'connection-refused',
      attempts: 1,
    });
  });

  it('is unknown when it is given up in flight', async () => {
    const pending = attempted(true);
    pending.markSent(ATTEMPT);
    pending.giveUp('deadline-passed', 30);
    expect(await pending.settled).toMatchObject({ outcome: 'unknown', reason: 'deadline-passed' });
  });

  it('stays in doubt once an attempt may have been applied, whichever attempts fail afterwards', async () => {
    const pending = attempted(true, 'ambiguous', 'not-sent');
    pending.giveUp('deadline-passed', 30);
    expect(await pending.settled).toMatchObject({
      outcome: 'unknown',
      reason: 'connection-lost',
      attempts: 2,
    });
  });

  it('reports a failure of the vendor as failed, but with points as unknown', async () => {
    const [safe, crediting] = [attempted(true, 'update-failed'), attempted(false, 'update-failed')];
    safe.giveUp('update-failed', 30);
    crediting.giveUp('update-failed', 30);
    expect(await safe.settled).toMatchObject({ outcome: 'failed' });
    expect(await crediting.settled).toMatchObject({ outcome: 'unknown', pointsCredited: 'unknown' });
  });

  it('is not rejected by a later attempt when an earlier one may have been applied', async () => {
    const pending = attempted(true, 'ambiguous');
    const errors = [{ code: 8015, message: 'm', type: 'customer-not-found' as const, status: 404 }];
    pending.settleRejected(errors, 30);
    expect(await pending.settled).toMatchObject({ outcome: 'unknown', reason: 'connection-lost', errors });
  });

  it('is unknown, and reports what was applied, when it was sent again without its points', async () => {
    const pending = attempted(false, 'ambiguous');
    expect(pending.isSafeToRepeat).toBe(false);
    expect(pending.takeOutPoints(pending.item, 25)).toBe(true);
    expect(pending.isSafeToRepeat).toBe(true);
    expect(pending.takeOutPoints(pending.item, 26)).toBe(false);
    pending.settleUpdated({ kind: 'updated', result: RESULT }, 30);
    expect(await pending.settled).toMatchObject({
      outcome: 'unknown',
      applied: 'all-but-points',
      pointsCredited: 'unknown',
      isSafeToRepeat: false,
    });
  });

  it('records its steps', async () => {
    const pending = attempted(true, 'not-sent');
    pending.giveUp('deadline-passed', 30);
    expect(pending.explanation.steps).toEqual([
      { afterMs: 10, event: 'sent', callId: 'call', purpose: 'first', itemCount: 1, waitMs: 10 },
      {
        afterMs: 20,
        event: 'answered',
        callId: 'call',
        durationMs: 10,
        answer: 'answered',
        decidedBy: 'results',
        upstreamRequestId: 'id',
      },
      { afterMs: 30, event: 'settled', outcome: 'failed', reason: 'connection-refused' },
    ]);
  });

  it('has one outcome, the first', async () => {
    const pending = attempted(true);
    pending.markSent(ATTEMPT);
    pending.settleUpdated({ kind: 'updated', result: RESULT }, 30);
    pending.settleRejected([], 30);
    pending.giveUp('shutting-down', 30);
    expect(await pending.settled).toMatchObject({ outcome: 'updated', attempts: 1 });
  });

  it('reports what happened to points, and only when there are any', async () => {
    const plain = attempted(true);
    plain.settleUpdated({ kind: 'updated', result: RESULT }, 30);
    expect(await plain.settled).not.toHaveProperty('pointsCredited');
    const credited = attempted(false);
    credited.settleUpdated({ kind: 'updated', result: RESULT }, 30);
    expect(await credited.settled).toMatchObject({ pointsCredited: 'yes' });
    expect(await credited.settled).not.toHaveProperty('creditId');

    const crediting = attempted(false);
    const warnings = [{ code: 19223, message: 'm', type: 'points-in-doubt' as const, status: 504 }];
    crediting.settleUpdated({ kind: 'updated', result: { ...RESULT, warnings } }, 30);
    expect(await crediting.settled).toMatchObject({ pointsCredited: 'unknown', creditId: crediting.id });
  });
});
