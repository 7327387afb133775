import { describe, expect, it } from 'vitest';
import { aPendingUpdate } from '../../../test/builders/a-pending-update.js';
import { Settings } from '../../config/settings.js';
import type { EventLog } from '../../observability/event-log.js';
import type { CallQuota } from '../../upstream/call-quota.js';
import type { CallResult } from '../../upstream/call-result.js';
import type { InFlightCall } from '../call/in-flight-call.js';
import { Lane } from '../queue/lane.js';
import { VendorCapacity } from './vendor-capacity.js';

const ANSWERED: CallResult = { kind: 'answered', results: [], decidedBy: 'results' };
const RATE_LIMITED: CallResult = {
  kind: 'not-processed',
  reason: 'rate-limited',
  canPass: true,
  retryAfterMs: 3000,
  decidedBy: 'status 429',
};
const LOST: CallResult = { kind: 'ambiguous', reason: 'connection-lost', decidedBy: 'transport' };

function aCapacity() {
  const quota: unknown[][] = [];
  const record =
    (method: string) =>
    (...values: unknown[]) =>
      void quota.push([method, ...values]);
  const events: string[] = [];
  const capacity = new VendorCapacity(
    Object.assign(new Settings(), { UPSTREAM_MAX_CONCURRENCY: 2, UPSTREAM_MAX_BATCH: 100 }),
    {
      nextAt: (now: number) => now,
      timeOf: (_nth: number, now: number) => now,
      take: record('take'),
      end: record('end'),
      giveBack: record('giveBack'),
      refused: record('refused'),
      accepted: record('accepted'),
    } as unknown as CallQuota,
    { write: (_level: string, event: string) => void events.push(event) } as unknown as EventLog,
  );
  return { capacity, quota, events };
}

const aCall = (itemCount: number): InFlightCall => ({
  lane: new Lane('lane', 'customer'),
  members: Array.from({ length: itemCount }, () => aPendingUpdate()),
  isolation: undefined,
  callId: 'call',
  itemCount,
  sentAt: 0,
  isIsolation: false,
});

describe(VendorCapacity.name, () => {
  it('lets no more calls leave than may be open', () => {
    const { capacity } = aCapacity();
    capacity.begin(0);
    expect(capacity.callAt(0, 'reserved')).toBe(0);
    capacity.begin(0);
    expect(capacity.callAt(0, 'reserved')).toBe(Infinity);
    capacity.end(aCall(1), ANSWERED, 10);
    expect(capacity.callAt(10, 'reserved')).toBe(10);
  });

  it('knows why the latest call failed that is about the health of the vendor', () => {
    const { capacity } = aCapacity();
    const afterEach = [ANSWERED, LOST, RATE_LIMITED, ANSWERED].map((result) => {
      capacity.begin(0);
      capacity.end(aCall(1), result, 10);
      return capacity.latestFailure;
    });
    expect(afterEach).toEqual([undefined, 'connection-lost', 'connection-lost', undefined]);
  });

  it('knows how long calls take, also while none ends', () => {
    const { capacity } = aCapacity();
    expect(capacity.callMs(1000)).toBe(0);
    capacity.begin(1000);
    capacity.begin(1400);
    expect(capacity.callMs(1500)).toBe(500);
    capacity.end({ ...aCall(1), sentAt: 1400 }, ANSWERED, 1500);
    expect(capacity.callMs(1500)).toBe(100);
    expect(capacity.callMs(1700)).toBe(200);
    capacity.end({ ...aCall(1), sentAt: 1600 }, ANSWERED, 1700);
    expect(capacity.callMs(9000)).toBe(100);
  });

  it('gives a call without updates back to the quota', () => {
    const { capacity, quota } = aCapacity();
    capacity.begin(0);
    capacity.end(aCall(0), ANSWERED, 10);
    expect(quota).toEqual([
      ['take', 0],
      ['giveBack', 'call'],
    ]);
  });

  it('reports to the quota whether the vendor refused a call for its pace', () => {
    const { capacity, quota } = aCapacity();
    capacity.begin(0);
    capacity.end(aCall(1), RATE_LIMITED, 10);
    capacity.begin(20);
    capacity.end(aCall(1), ANSWERED, 30);
    expect(quota).toEqual([
      ['take', 0],
      ['end', 'call', 10],
      ['refused', 'call', 3000, 10],
      ['take', 20],
      ['end', 'call', 30],
      ['accepted', 30],
    ]);
  });

  it('halves the size of calls of a kind when one was too large', () => {
    const { capacity, events } = aCapacity();
    const tooLarge: CallResult = {
      kind: 'refused',
      reason: 'batch-too-large',
      isDivisible: true,
      errors: [],
      decidedBy: 'code 1060',
    };
    capacity.begin(0);
    capacity.end(aCall(100), tooLarge, 10);
    expect([capacity.boundsOf('customer').itemCount, capacity.boundsOf('association').itemCount]).toEqual([
      50, 100,
    ]);
    expect(events).toEqual(['batch-size.learned']);
  });

  it('opens the breaker when most calls fail, and reports for how long', () => {
    const { capacity, events } = aCapacity();
    const opens = Array.from({ length: 10 }, () => {
      capacity.begin(0);
      return capacity.end(aCall(1), LOST, 0);
    });
    expect(opens.indexOf(true)).toBe(9);
    expect([capacity.isBreakerOpen(0), capacity.breakerOpenMs(1000)]).toEqual([true, 4000]);
    expect(capacity.callAt(1000, 'reserved')).toBe(5000);
    expect(events).toEqual(['breaker.opened']);
  });

  it('reserves the duration of recent calls before a deadline, but no more than a quarter of the time', () => {
    const { capacity } = aCapacity();
    capacity.begin(0);
    capacity.end(aCall(1), ANSWERED, 800);
    expect(capacity.timeToAnswer({ submittedAt: 0, deadlineAt: 10_000 })).toBe(800);
    expect(capacity.timeToAnswer({ submittedAt: 0, deadlineAt: 1000 })).toBe(250);
  });
});
