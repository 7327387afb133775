import { describe, expect, it } from 'vitest';
import { aPendingUpdate } from '../../../test/builders/a-pending-update.js';
import type { EventLog } from '../../observability/event-log.js';
import type { CallResult, ItemResult } from '../../upstream/call-result.js';
import { RecentRejections } from '../admission/recent-rejections.js';
import type { InFlightCall } from '../call/in-flight-call.js';
import type { VendorCapacity } from '../capacity/vendor-capacity.js';
import type { Clock } from '../clock.js';
import { Lanes } from '../queue/lane.js';
import type { PendingUpdate } from '../queue/pending-update.js';
import { Settler } from './settle.js';

const NOW = 100;
const ERRORS = [{ code: 400, message: 'm', type: 'update-refused' as const, status: 422 }];
const REFUSED: CallResult = {
  kind: 'refused',
  reason: 'call-refused',
  isDivisible: true,
  errors: ERRORS,
  decidedBy: 'status 400',
};

function aResult(customer: string, verdict: ItemResult['verdict'] = 'updated'): ItemResult {
  const identifiers = [{ type: 'externalId', value: customer }];
  return { verdict, identifiers, errors: [], warnings: [], children: [], childFailureCount: 0 };
}

const answered = (...results: ItemResult[]): CallResult => ({
  kind: 'answered',
  results,
  decidedBy: 'results',
});

function aSettler({ isBreakerOpen = false, maxAnswers = 8 } = {}) {
  const lanes = new Lanes();
  const rejections = new RecentRejections(60_000);
  const events: string[] = [];
  const settler = new Settler(
    { random: () => 0.5 } as unknown as Clock,
    lanes,
    {
      isBreakerOpen: () => isBreakerOpen,
      breakerOpenMs: () => (isBreakerOpen ? 700 : 0),
    } as unknown as VendorCapacity,
    rejections,
    { write: (_level: string, event: string) => void events.push(event) } as unknown as EventLog,
    maxAnswers,
  );
  return { settler, lanes, rejections, events };
}

/** A call that carried these updates, and has been answered. */
function aCall(
  lanes: Lanes,
  members: readonly PendingUpdate[],
  isolation?: InFlightCall['isolation'],
): InFlightCall {
  const call: InFlightCall = {
    lane: lanes.of('lane', 'customer'),
    members,
    isolation,
    callId: 'call',
    itemCount: members.length,
    sentAt: 0,
    isIsolation: isolation !== undefined,
  };
  for (const one of members) one.markSent(call);
  for (const one of members) one.markAnswered(call, REFUSED, NOW);
  return call;
}

const family = (): PendingUpdate[] => ['a', 'b', 'c', 'd'].map((customer) => aPendingUpdate({ customer }));

const background = (): PendingUpdate[] =>
  ['a', 'b', 'c', 'd'].map((customer) =>
    aPendingUpdate({ customer, priority: 'background', deadlineAt: Infinity }),
  );

describe(Settler.name, () => {
  it('settles each update with its own result, and sends a busy one again after a backoff', async () => {
    const { settler, lanes } = aSettler();
    const [a, b, c] = family() as [PendingUpdate, PendingUpdate, PendingUpdate, PendingUpdate];
    const result = answered(aResult('c', 'rejected'), aResult('a'), aResult('b', 'not-processed'));
    const { retries } = settler.settle(aCall(lanes, [a, b, c]), result, NOW);
    expect(await a.settled).toMatchObject({ outcome: 'updated' });
    expect(await c.settled).toMatchObject({ outcome: 'rejected' });
    expect(retries).toEqual([{ one: b, waitMs: 50 }]);
  });

  it('gives up callers while the breaker is open, and reports when it could work', async () => {
    const { settler, lanes } = aSettler({ isBreakerOpen: true });
    const one = aPendingUpdate();
    const busy: CallResult = {
      kind: 'not-processed',
      reason: 'upstream-busy',
      canPass: true,
      retryAfterMs: 0,
      decidedBy: 'status 503',
    };
    expect(settler.settle(aCall(lanes, [one]), busy, NOW).retries).toEqual([]);
    expect(await one.settled).toMatchObject({
      outcome: 'failed',
      reason: 'upstream-busy',
      retryAfterMs: 700,
    });
  });

  it('isolates the updates of a refused call', () => {
    const { settler, lanes, events } = aSettler();
    const members = family();
    expect(settler.settle(aCall(lanes, members), REFUSED, NOW)).toEqual({ retries: [] });
    expect(members.every(({ isSettled, isHeld }) => !isSettled && isHeld)).toBe(true);
    expect(lanes.has('isolation')).toBe(true);
    expect(events).toEqual(['isolation.begun']);
  });

  it('rejects the cause that an isolation finds, with the refusal of its own call', async () => {
    const { settler, lanes, rejections, events } = aSettler();
    const [a, b] = family() as [PendingUpdate, PendingUpdate, PendingUpdate, PendingUpdate];
    settler.settle(aCall(lanes, [a, b]), REFUSED, NOW);
    const isolation = lanes.first('isolation')?.isolations.shift();
    const step = isolation?.next(() => true) ?? [];
    expect(step).toEqual([a]);
    const { found } = settler.settle(aCall(lanes, step, isolation), REFUSED, NOW);
    expect(found).toBe(a);
    expect(await a.settled).toMatchObject({ outcome: 'rejected', errors: ERRORS });
    expect(b.isSettled).toBe(false);
    expect(rejections.find(a.submission.laneKey, a.item.json, NOW)).toBe(ERRORS);
    expect(events).toEqual(['isolation.begun', 'isolation.found']);
  });

  it('rejects at once the update that the vendor names', async () => {
    const { settler, lanes } = aSettler();
    const [a, b] = family() as [PendingUpdate, PendingUpdate, PendingUpdate, PendingUpdate];
    settler.settle(aCall(lanes, [a, b]), { ...REFUSED, rejectedPositions: [1] }, NOW);
    expect(await b.settled).toMatchObject({ outcome: 'rejected' });
    expect([a.isSettled, lanes.has('isolation')]).toEqual([false, false]);
  });

  describe('with updates of the background', () => {
    const FAILED: CallResult = { kind: 'ambiguous', reason: 'upstream-error', decidedBy: 'status 500' };
    const BUSY: CallResult = {
      kind: 'not-processed',
      reason: 'upstream-busy',
      canPass: true,
      retryAfterMs: 0,
      mayBeOfOne: true,
      decidedBy: 'status 461',
    };

    it.each([
      ['500', FAILED],
      ['461', BUSY],
    ])(
      'sends those that failed together with %s again, and isolates them the second time',
      (_case, result) => {
        const { settler, lanes } = aSettler();
        const members = background();
        expect(settler.settle(aCall(lanes, members), result, NOW).retries).toHaveLength(4);
        expect(lanes.has('isolation')).toBe(false);
        expect(settler.settle(aCall(lanes, members), result, NOW)).toEqual({ retries: [] });
        expect(lanes.has('isolation')).toBe(true);
        expect(members.map(({ answerCount }) => answerCount)).toEqual([0, 0, 0, 0]);
      },
    );

    it.each([
      ['503', { ...BUSY, mayBeOfOne: false }],
      ['429', { ...BUSY, reason: 'rate-limited', mayBeOfOne: false }],
    ] as const)('isolates none after %s, however often', (_case, result) => {
      const { settler, lanes } = aSettler();
      const members = background();
      for (let time = 0; time < 20; time += 1)
        expect(settler.settle(aCall(lanes, members), result, NOW).retries).toHaveLength(4);
      expect(lanes.has('isolation')).toBe(false);
    });

    it('isolates none of the updates of callers who wait', () => {
      const { settler, lanes } = aSettler();
      const members = family();
      for (let time = 0; time < 5; time += 1) settler.settle(aCall(lanes, members), FAILED, NOW);
      expect(lanes.has('isolation')).toBe(false);
    });

    it('counts an error about one alone after others passed, then sends it alone until it has failed', async () => {
      const { settler, lanes } = aSettler({ maxAnswers: 2 });
      const [a, b] = background() as [PendingUpdate, PendingUpdate];
      for (let time = 0; time < 2; time += 1) settler.settle(aCall(lanes, [a, b]), FAILED, NOW);
      const isolation = lanes.first('isolation')?.isolations.shift();
      settler.settle(aCall(lanes, isolation?.next(() => true) ?? [], isolation), FAILED, NOW);
      expect([a.answerCount, a.mustSendAlone, a.isSettled]).toEqual([0, true, false]);
      settler.settle(aCall(lanes, [b]), answered(aResult('b')), NOW);
      settler.settle(aCall(lanes, [a]), FAILED, NOW);
      expect([a.answerCount, a.isSettled]).toEqual([1, false]);
      expect(settler.settle(aCall(lanes, [a]), FAILED, NOW).retries).toEqual([]);
      expect(await a.settled).toMatchObject({ outcome: 'failed', reason: 'upstream-error' });
    });

    it.each([
      ['longer after an answer that counts', background, [50, 875, 1750]],
      ['no longer where a caller waits', family, [50, 100, 200]],
    ])('waits %s', (_case, members, expected) => {
      const { settler, lanes } = aSettler();
      const [a] = members() as [PendingUpdate];
      const busy = answered(aResult('a', 'not-processed'));
      const waits = [FAILED, busy, busy].map(
        (result) => settler.settle(aCall(lanes, [a]), result, NOW).retries[0]?.waitMs,
      );
      expect(waits).toEqual(expected);
    });

    it('keeps the doubt of an update that may have been applied', async () => {
      const { settler, lanes } = aSettler({ maxAnswers: 1 });
      const [a, b] = background() as [PendingUpdate, PendingUpdate];
      settler.settle(aCall(lanes, [a]), { ...FAILED, reason: 'answer-timeout' }, NOW);
      settler.settle(aCall(lanes, [b]), answered(aResult('b')), NOW);
      settler.settle(aCall(lanes, [a]), FAILED, NOW);
      expect(await a.settled).toMatchObject({ outcome: 'unknown', reason: 'answer-timeout' });
    });

    it('fails none while the vendor fails for all, alone or together', () => {
      const { settler, lanes } = aSettler({ maxAnswers: 1 });
      const members = background();
      const step = (): readonly PendingUpdate[] => {
        const isolation = lanes.first('isolation')?.isolations.shift();
        const some = isolation?.next(() => true) ?? [];
        settler.settle(aCall(lanes, some.length > 0 ? some : members, isolation), FAILED, NOW);
        return some;
      };
      for (let time = 0; time < 50; time += 1) step();
      expect(members.some(({ isSettled }) => isSettled)).toBe(false);
      expect(members.map(({ answerCount }) => answerCount)).toEqual([0, 0, 0, 0]);
    });
  });

  it('rejects no update of a call that was only too large', () => {
    const { settler, lanes } = aSettler();
    const members = family();
    const tooLarge: CallResult = { ...REFUSED, reason: 'batch-too-large' };
    expect(settler.settle(aCall(lanes, members), tooLarge, NOW)).toEqual({ retries: [] });
    expect(members.some(({ isSettled }) => isSettled)).toBe(false);
    expect(lanes.has('isolation')).toBe(false);
  });
});
