import type { CallResult } from '../../upstream/call-result.js';
import type { Isolation } from '../settle/isolate.js';
import { type Lane, Lanes, type Turn } from './lane.js';
import { Order } from './customer-locks.js';
import { type CallBounds, packBulkCall } from '../call/pack-bulk-call.js';
import type { PendingUpdate } from './pending-update.js';
import { ownedKeys } from '../update.js';

/** Those who share a call, and where they come from. */
export interface Boarding {
  readonly lane: Lane;
  readonly members: readonly PendingUpdate[];
  /** Whose step it is, where the call looks for an offender. */
  readonly isolation: Isolation<PendingUpdate, CallResult> | undefined;
}

/** All updates that wait or fly: in which order they may go, in which lane they stand, and how much they are. */
export class PendingUpdates implements Iterable<PendingUpdate> {
  readonly order = new Order<PendingUpdate>();
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

  enter(one: PendingUpdate): void {
    const { item, laneKey, priority } = one.submission;
    const lane = this.lanes.of(laneKey, one.update.kind);
    lane.memberCount += 1;
    if (priority === 'interactive') lane.interactiveCount += 1;
    this.all.add(one);
    this.itemBytes += item.bytes;
    one.ticket = this.order.enter(one, ownedKeys(one.update), one.update.parent);
    this.surface([one]);
  }

  /** Puts those who may fly into their lanes. */
  surface(updates: readonly PendingUpdate[]): void {
    for (const one of updates) {
      if (!one.isHeld && one.ticket && this.order.mayFly(one.ticket)) this.lanes.push(one);
    }
  }

  /** Takes those whose turn it is into one call; nobody where they have all gone, or must wait after all. */
  board(turn: Turn, boundsOf: (lane: Lane) => CallBounds): Boarding | undefined {
    const lane = this.lanes.first(turn);
    if (!lane) return undefined;
    const isolation = turn === 'isolation' ? lane.isolations.shift() : undefined;
    const members =
      turn === 'isolation'
        ? this.boardStep(isolation)
        : packBulkCall(lane, turn, this.order, boundsOf(lane)).members;
    this.lanes.rotate(lane, turn);
    for (const one of members) {
      if (!one.hasFlown && one.submission.priority === 'interactive') lane.interactiveCount -= 1;
      one.hasFlown = true;
      one.isFlying = true;
    }
    return members.length > 0 ? { lane, members, isolation } : undefined;
  }

  /** Their call is over: those who are settled leave, the others keep their places. */
  land({ lane, members }: Boarding): void {
    for (const one of members) one.isFlying = false;
    const tickets = members.flatMap(({ ticket }) => ticket ?? []);
    const free = this.order.land(tickets, (one) => !one.isSettled);
    for (const one of members) if (one.isSettled) this.forget(one);
    this.surface(free);
    this.lanes.close(lane);
  }

  /** Takes a settled update that is not in flight out of everything. */
  remove(one: PendingUpdate): void {
    if (!one.ticket) return;
    const free = this.order.leave(one.ticket);
    this.forget(one);
    this.surface(free);
  }

  /** Whom the isolation wants to see in a call of their own; who may not fly now waits as everybody does. */
  private boardStep(isolation: Boarding['isolation']): PendingUpdate[] {
    const call = {};
    const step = isolation?.next((one) => !one.isSettled && one.isolation === isolation) ?? [];
    const members = step.filter(({ ticket }) => {
      if (!ticket || !this.order.mayFly(ticket, call)) return false;
      this.order.board(ticket, call);
      return true;
    });
    for (const one of step) if (!members.includes(one)) one.isolation = undefined;
    if (members.length === 0) {
      isolation?.members.forEach((one) => (one.isolation = undefined));
      this.surface(isolation?.members ?? []);
    }
    return members;
  }

  private forget(one: PendingUpdate): void {
    if (!this.all.delete(one)) return;
    one.ticket = undefined;
    const { item, laneKey, priority } = one.submission;
    this.itemBytes -= item.bytes;
    const lane = this.lanes.of(laneKey, one.update.kind);
    lane.memberCount -= 1;
    if (!one.hasFlown && priority === 'interactive') lane.interactiveCount -= 1;
    this.lanes.close(lane);
  }
}
