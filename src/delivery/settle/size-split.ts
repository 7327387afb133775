import type { PendingUpdate } from '../queue/pending-update.js';
import { REFUSED_BY_ALL } from './isolate.js';

/**
 * The updates of a call that was refused for its size. They wait in their lane and are sent again, fewer at a time; this
 * notices when the vendor refuses even the single ones.
 */
export class SizeSplit {
  private readonly members = new Set<PendingUpdate>();
  private refusedInARow = 0;

  /** These updates were in a call that was refused for its size: they join the split of one of them, or a new one. */
  static of(members: readonly PendingUpdate[]): void {
    const split = members.find((one) => one.sizeSplit)?.sizeSplit ?? new SizeSplit();
    for (const one of members) {
      one.sizeSplit ??= split;
      one.sizeSplit.members.add(one);
    }
  }

  accepted(): void {
    this.refusedInARow = 0;
  }

  /**
   * An update alone was refused for its size.
   *
   * @returns the updates that are abandoned, as the vendor refused one after the other
   */
  refusedAlone(): PendingUpdate[] {
    this.refusedInARow += 1;
    if (this.refusedInARow < REFUSED_BY_ALL) return [];
    return [...this.members].filter(({ isSettled, isInCall }) => !isSettled && !isInCall);
  }
}
