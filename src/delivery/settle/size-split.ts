import { REFUSED_BY_ALL } from './isolate.js';

/** An update that may be part of a split. */
interface Member<T extends Member<T>> {
  sizeSplit: SizeSplit<T> | undefined;
  readonly isSettled: boolean;
  readonly isInCall: boolean;
}

/**
 * The updates of a call that was refused for its size. They wait in their lane and are sent again, fewer at a time; this
 * notices when the vendor refuses even the single ones.
 */
export class SizeSplit<T extends Member<T>> {
  private readonly members = new Set<T>();
  private refusedInARow = 0;

  /** These updates were in a call that was refused for its size: they join the split of one of them, or a new one. */
  static of<T extends Member<T>>(members: readonly T[]): void {
    const split = members.find((one) => one.sizeSplit)?.sizeSplit ?? new SizeSplit<T>();
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
  refusedAlone(): T[] {
    this.refusedInARow += 1;
    if (this.refusedInARow < REFUSED_BY_ALL) return [];
    return [...this.members].filter(({ isSettled, isInCall }) => !isSettled && !isInCall);
  }
}
