import type { CallResult } from '../../upstream/call-result.js';
import type { Isolation } from '../settle/isolate.js';
import { type Lane, Lanes, type Turn } from './lane.js';
import { CustomerLocks } from './customer-locks.js';
import { type CallBounds, packBulkCall } from '../call/pack-bulk-call.js';
import type { PendingUpdate, Priority } from './pending-update.js';
import { ownedKeys } from '../update.js';

/** Updates that share a call, and their lane. */
export interface CallBatch {
  readonly lane: Lane;
  readonly members: readonly PendingUpdate[];
  /** The isolation that this call is a step of. */
  readonly isolation: Isolation<PendingUpdate, CallResult> | undefined;
}

/** How many updates are pending, by who waits for them, their bytes, and for how long the oldest one has been. */
export type PendingFigures = Readonly<Record<Priority, { count: number; bytes: number; oldestMs: number }>>;

/** All updates that wait or are in flight, with their locks, their lanes and their total size. */
export class PendingSet implements Iterable<PendingUpdate> {
  readonly locks = new CustomerLocks<PendingUpdate>();
  readonly lanes = new Lanes();
  private readonly all = new Set<PendingUpdate>();
  private itemBytes = 0;

  get count(): number {
    return this.all.size;
  }

  get bytes(): number {
    return this.itemBytes;
  }

  [Symbol.iterator](): Iterator<PendingUpdate> {
    return this.all.values();
  }

  figures(now: number): PendingFigures {
    const figures = {
      interactive: { count: 0, bytes: 0, oldestMs: 0 },
      background: { count: 0, bytes: 0, oldestMs: 0 },
    };
    for (const { submission } of this.all) {
      const figure = figures[submission.priority];
      figure.count += 1;
      figure.bytes += submission.item.bytes;
      figure.oldestMs = Math.max(figure.oldestMs, now - submission.submittedAt);
    }
    return figures;
  }

  add(one: PendingUpdate): void {
    const { item, laneKey, priority } = one.submission;
    const lane = this.lanes.of(laneKey, one.update.kind);
    lane.memberCount += 1;
    if (priority === 'interactive') lane.interactiveCount += 1;
    this.all.add(one);
    this.itemBytes += item.bytes;
    one.lockRequest = this.locks.enqueue(one, ownedKeys(one.update), one.update.parent);
    this.makeReady([one]);
  }

  /** Queues the updates in their lanes, unless something blocks or holds them. */
  makeReady(updates: readonly PendingUpdate[]): void {
    for (const one of updates) {
      if (!one.isHeld && one.lockRequest && this.locks.canAcquire(one.lockRequest)) this.lanes.push(one);
    }
  }

  /** Takes updates of the next lane into one call; undefined when all of them have gone, or must wait after all. */
  takeBatch(turn: Turn, boundsOf: (lane: Lane) => CallBounds): CallBatch | undefined {
    const lane = this.lanes.first(turn);
    if (!lane) return undefined;
    const isolation = turn === 'isolation' ? lane.isolations.shift() : undefined;
    const members =
      turn === 'isolation'
        ? this.takeIsolationStep(isolation)
        : packBulkCall(lane, turn, this.locks, boundsOf(lane)).members;
    this.lanes.rotate(lane, turn);
    for (const one of members) {
      if (!one.wasInCall && one.submission.priority === 'interactive') lane.interactiveCount -= 1;
      one.markTaken();
    }
    return members.length > 0 ? { lane, members, isolation } : undefined;
  }

  /** Ends a call: settled updates leave, the others keep their position. */
  release({ lane, members }: CallBatch): void {
    for (const one of members) one.leaveCall();
    const requests = members.flatMap(({ lockRequest }) => lockRequest ?? []);
    const free = this.locks.release(requests, (one) => !one.isSettled);
    for (const one of members) if (one.isSettled) this.forget(one);
    this.makeReady(free);
    this.lanes.close(lane);
  }

  /** Removes a settled update that is not in a call. */
  remove(one: PendingUpdate): void {
    if (!one.lockRequest) return;
    const free = this.locks.cancel(one.lockRequest);
    this.forget(one);
    this.makeReady(free);
  }

  /** Takes the updates that the isolation sends in its next step; one that is blocked now waits as any other update. */
  private takeIsolationStep(isolation: CallBatch['isolation']): PendingUpdate[] {
    const call = {};
    const step = isolation?.next((one) => !one.isSettled && one.isolation === isolation) ?? [];
    const members = step.filter(({ lockRequest }) => {
      if (!lockRequest || !this.locks.canAcquire(lockRequest, call)) return false;
      this.locks.acquire(lockRequest, call);
      return true;
    });
    for (const one of step) if (!members.includes(one)) one.endIsolation();
    if (members.length === 0) {
      isolation?.members.forEach((one) => one.endIsolation());
      this.makeReady(isolation?.members ?? []);
    }
    return members;
  }

  private forget(one: PendingUpdate): void {
    if (!this.all.delete(one)) return;
    one.lockRequest = undefined;
    const { item, laneKey, priority } = one.submission;
    this.itemBytes -= item.bytes;
    const lane = this.lanes.of(laneKey, one.update.kind);
    lane.memberCount -= 1;
    if (!one.wasInCall && priority === 'interactive') lane.interactiveCount -= 1;
    this.lanes.close(lane);
  }
}
