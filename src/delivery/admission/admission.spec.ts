import { describe, expect, it } from 'vitest';
import { aPendingUpdate } from '../../../test/builders/a-pending-update.js';
import { Settings } from '../../config/settings.js';
import type { VendorCapacity } from '../capacity/vendor-capacity.js';
import { PendingSet } from '../queue/pending-set.js';
import { Admission } from './admission.js';
import { RecentRejections } from './recent-rejections.js';

const NOW = 0;
const ERRORS = [{ code: 400, message: 'm', type: 'update-refused' as const, status: 422 }];

/** @param leavesAt when the next call could leave */
function anAdmission({
  leavesAt = 0,
  isBreakerOpen = false,
  settings,
}: { leavesAt?: number; isBreakerOpen?: boolean; settings?: Partial<Settings> } = {}) {
  const pending = new PendingSet();
  const rejections = new RecentRejections(60_000);
  const capacity = {
    boundsOf: () => ({ itemCount: 10, bodyBytes: 1000 }),
    isBreakerOpen: () => isBreakerOpen,
    breakerOpenMs: () => 4000,
    timeOf: () => leavesAt,
    timeToAnswer: () => 100,
    roomAfterMs: () => 2500,
  } as unknown as VendorCapacity;
  const admission = new Admission(Object.assign(new Settings(), settings), pending, capacity, rejections);
  return { admission, pending, rejections };
}

describe(Admission.name, () => {
  it('admits an update that can be answered before its deadline', () => {
    const { admission } = anAdmission({ leavesAt: 9000 });
    expect(admission.refusalOfAll([aPendingUpdate()], NOW)).toBeUndefined();
    expect(admission.refusalOf(aPendingUpdate(), NOW)).toBeUndefined();
  });

  it('rejects an update that cannot, with the time that it lacks', () => {
    const { admission } = anAdmission({ leavesAt: 10_000 });
    // It leaves after 10 s and a tenth, and its answer takes 0.1 s more.
    expect(admission.refusalOf(aPendingUpdate({ deadlineAt: 10_000 }), NOW)).toEqual({
      kind: 'failed',
      reason: 'deadline-unreachable',
      retryAfterMs: 1100,
    });
    expect(admission.refusalOf(aPendingUpdate({ priority: 'background' }), NOW)).toBeUndefined();
  });

  it('rejects callers while the breaker is open, and admits the background', () => {
    const { admission } = anAdmission({ isBreakerOpen: true });
    expect(admission.refusalOf(aPendingUpdate(), NOW)).toEqual({
      kind: 'failed',
      reason: 'breaker-open',
      retryAfterMs: 4000,
    });
    expect(admission.refusalOf(aPendingUpdate({ priority: 'background' }), NOW)).toBeUndefined();
  });

  it('rejects an update that fits into no call, whatever size of calls was learned', () => {
    const { admission } = anAdmission({ settings: { UPSTREAM_MAX_BODY_BYTES: 1000 } });
    const { admission: learned } = anAdmission();
    expect(learned.refusalOf(aPendingUpdate({ padding: 1000 }), NOW)).toBeUndefined();
    expect(admission.refusalOf(aPendingUpdate({ padding: 1000 }), NOW)).toEqual({
      kind: 'rejected',
      reason: 'update-too-large',
      errors: [],
    });
  });

  it('rejects the very same update that the vendor rejected a short while ago', () => {
    const { admission, rejections } = anAdmission();
    const one = aPendingUpdate();
    rejections.add(one.submission.laneKey, one.item.json, ERRORS, NOW);
    expect(admission.refusalOf(aPendingUpdate(), NOW)).toMatchObject({ kind: 'rejected', errors: ERRORS });
    expect(admission.refusalOf(aPendingUpdate({ padding: 1 }), NOW)).toBeUndefined();
  });

  it('rejects the update of a caller who has gone', () => {
    const { admission } = anAdmission();
    expect(admission.refusalOf(aPendingUpdate({ gone: AbortSignal.abort() }), NOW)).toMatchObject({
      kind: 'failed',
      reason: 'caller-gone',
    });
  });

  it.each([
    ['updates', { MAX_PENDING_UPDATES: 1 }],
    ['bytes', { MAX_PENDING_BYTES: 200 }],
  ])('rejects updates beyond the bound on pending %s', (_what, settings) => {
    const { admission, pending } = anAdmission({ settings });
    pending.add(aPendingUpdate());
    expect(admission.refusalOfAll([aPendingUpdate()], NOW)).toEqual({
      kind: 'failed',
      reason: 'too-many-pending',
      retryAfterMs: 2500,
    });
  });

  it('rejects the next update of a lane that cannot be answered in time, before it is known', () => {
    const { admission } = anAdmission({ leavesAt: 10_000 });
    const lane = { laneKey: 'lane', kind: 'customer' as const };
    expect(admission.refusalOfNext(lane, 10_000, NOW)).toEqual({
      kind: 'failed',
      reason: 'deadline-unreachable',
      retryAfterMs: 1100,
    });
    expect(admission.refusalOfNext(lane, 11_100, NOW)).toBeUndefined();
    expect(admission.refusalOfNext(undefined, 10_000, NOW)).toBeUndefined();
  });

  it('rejects the next update of any lane when there is no room for it', () => {
    const { admission, pending } = anAdmission({ settings: { MAX_PENDING_UPDATES: 1 } });
    expect(admission.refusalOfNext(undefined, Infinity, NOW)).toBeUndefined();
    pending.add(aPendingUpdate());
    expect(admission.refusalOfNext(undefined, Infinity, NOW)).toMatchObject({ reason: 'too-many-pending' });
  });

  it('leaves the next update to the refusal of an open breaker', () => {
    const { admission } = anAdmission({ leavesAt: 10_000, isBreakerOpen: true });
    const lane = { laneKey: 'lane', kind: 'customer' as const };
    expect(admission.refusalOfNext(lane, 1000, NOW)).toBeUndefined();
  });
});
