/** So many causes in a row, with no member accepted: the next one would be refused too. */
export const REFUSED_BY_ALL = 3;

/** The member that caused a refusal, and the latest refusal of a call with it. */
export interface RejectedMember<T, Refusal> {
  readonly member: T;
  readonly refusal: Refusal;
}

/**
 * Finds the members that made the vendor refuse a whole call, with few further calls, each of which also delivers
 * members that are not the cause.
 *
 * A set that is known to hold a cause is halved, and only its first half is sent. If that half passes, the cause is in
 * the second half, which needs no call of its own. If it is refused, the cause is in it, and the second half joins the
 * unchecked members; they go together in one call when the cause is found. A member is the cause when it was refused
 * alone, or when it was in two refused calls and all other members of them have passed. That takes at most `⌈log2 n⌉ +
 * 1` calls for each cause.
 *
 * When the first causes follow one another and no member was accepted, the vendor refuses all of them: the others are
 * abandoned without further calls.
 */
export class Isolation<T, Refusal> {
  /** Known to hold a cause. */
  private suspects: readonly T[];
  /** Nothing is known of them. */
  private unchecked: readonly T[] = [];
  /** Whether the suspects were refused more than once: a single refusal may have had another cause. */
  private isReproduced = false;
  private step: readonly T[] = [];
  private causesInARow = 0;

  /**
   * @param refused in the order in which they were sent
   * @param refusal the latest one of the suspects
   */
  constructor(
    refused: readonly T[],
    private refusal: Refusal,
  ) {
    this.suspects = refused;
  }

  /** All members that still wait for it. */
  get members(): readonly T[] {
    return [...this.suspects, ...this.unchecked];
  }

  /**
   * Returns the members to send next, in a call of their own.
   *
   * @param isWaiting false for members that have given up meanwhile
   * @returns an empty list when it is over
   */
  next(isWaiting: (member: T) => boolean): readonly T[] {
    const left = this.suspects.filter(isWaiting);
    // The one that left may have been the cause.
    if (left.length < this.suspects.length) this.isReproduced = false;
    this.suspects = left;
    this.unchecked = this.unchecked.filter(isWaiting);
    if (this.suspects.length > 0) {
      this.step = this.suspects.slice(0, Math.ceil(this.suspects.length / 2));
    } else {
      this.step = this.unchecked;
      this.suspects = this.unchecked;
      this.unchecked = [];
      this.isReproduced = false;
    }
    return this.step;
  }

  /** Whether the vendor refuses all members, as far as it was tried. */
  get isRefusedByAll(): boolean {
    return this.causesInARow >= REFUSED_BY_ALL;
  }

  /** Ends it for the members that still wait. */
  abandon(): readonly T[] {
    const { members } = this;
    this.suspects = [];
    this.unchecked = [];
    return members;
  }

  /** The step passed, which may leave one suspect. */
  passed(): RejectedMember<T, Refusal> | undefined {
    this.causesInARow = -Infinity; // a member was accepted
    this.suspects = this.suspects.slice(this.step.length);
    return this.suspects.length === 1 && this.isReproduced ? this.found() : undefined;
  }

  /** The step was refused too, which may have been one suspect alone. */
  refused(refusal: Refusal): RejectedMember<T, Refusal> | undefined {
    const others = this.suspects.slice(this.step.length);
    // The first half of the suspects was refused before, with the others; all of the unchecked were not.
    this.isReproduced = others.length > 0;
    this.unchecked = [...others, ...this.unchecked];
    this.suspects = this.step;
    this.refusal = refusal;
    return this.suspects.length === 1 ? this.found() : undefined;
  }

  /**
   * Discards what was learned, as the step ended otherwise: the members that still wait are sent together next time.
   */
  restart(stillWaiting: (member: T) => boolean): undefined {
    this.unchecked = this.members.filter(stillWaiting);
    this.suspects = [];
  }

  private found(): RejectedMember<T, Refusal> | undefined {
    const [member] = this.suspects;
    this.suspects = [];
    this.causesInARow += 1;
    return member === undefined ? undefined : { member, refusal: this.refusal };
  }
}
