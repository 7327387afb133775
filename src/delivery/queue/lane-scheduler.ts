import type { Lanes, Turn } from './lane.js';
import type { PendingUpdate } from './pending-update.js';
import { RetryBudget } from './retry-budget.js';
import type { VendorCapacity } from '../capacity/vendor-capacity.js';

/** One call in this many is for the background, however many callers wait. */
const BACKGROUND_TURN = 10;

/**
 * Decides which turn comes next. Callers who wait come first; retries and isolations take at most every second turn
 * from them, and the background gets at least one turn in ten.
 */
export class LaneScheduler {
  private readonly retries = new RetryBudget();
  private callsSinceBackground = 0;
  private wasRepair = false;

  constructor(
    private readonly lanes: Lanes,
    private readonly capacity: VendorCapacity,
  ) {}

  /** Returns the next turn, and when its call may leave; undefined while no update can be sent. */
  next(now: number): { turn: Turn; leavesAt: number } | undefined {
    const turn = this.choose(now);
    if (turn === undefined) return undefined;
    // New updates that fill the free places of the call let it use their reserve.
    const takesFresh = turn !== 'isolation' && this.lanes.first(turn)?.hasWork('fresh') === true;
    const callAt = this.capacity.callAt(now, takesFresh ? 'reserved' : 'other');
    const isRetry = turn === 'again' || (turn === 'background' && this.lanes.first(turn)?.hasFailedFirst);
    return { turn, leavesAt: isRetry ? Math.max(callAt, this.retries.nextAt(now)) : callAt };
  }

  /** Counts a turn that was taken. A retry costs nothing in a call that leaves anyway. */
  recordTurn(turn: Turn, members: readonly PendingUpdate[], now: number): void {
    this.wasRepair = turn === 'isolation' || turn === 'again';
    this.callsSinceBackground = turn === 'background' ? 0 : this.callsSinceBackground + 1;
    if (turn !== 'isolation' && members.every(({ failureCount }) => failureCount > 0))
      this.retries.spend(now);
    else this.retries.earn(now);
  }

  /** How many calls may be made now for retries alone. */
  retryCalls(now: number): number {
    return this.retries.left(now);
  }

  private choose(now: number): Turn | undefined {
    const hasFresh = this.lanes.has('fresh');
    const hasBackground = this.lanes.has('background');
    const canRetry = this.retries.nextAt(now) <= now;
    // Otherwise callers who wait would wait for the budget of its retry.
    const mayGo = canRetry || !hasFresh || this.lanes.first('background')?.hasFailedFirst !== true;
    if (hasBackground && mayGo && this.callsSinceBackground >= BACKGROUND_TURN - 1) return 'background';
    const hasAgain = this.lanes.has('again') && (canRetry || !hasFresh);
    const repair = this.lanes.has('isolation') ? 'isolation' : hasAgain ? 'again' : undefined;
    if (repair && !(hasFresh && this.wasRepair)) {
      const mustWait = repair === 'again' && !canRetry;
      if (!mustWait || !hasBackground) return repair;
    }
    if (hasFresh) return 'fresh';
    return hasBackground ? 'background' : repair;
  }
}
