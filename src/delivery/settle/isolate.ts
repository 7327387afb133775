/** Whoever was to blame, and the latest refusal of a call with it. */
export interface RejectedMember<T, Refusal> {
  readonly member: T;
  readonly refusal: Refusal;
}

/**
 * Finds the rejections in a call that was refused as a whole, with few further calls, each of which also delivers those
 * who are not to blame.
 *
 * A set that is known to hold an offender is halved, and only its first half is sent. Passed: the offender is in the
 * second half, which need not be asked. Refused: it is in the first, and the second joins those who are unchecked; they
 * go together in one call when the offender is found. It stands alone when it was refused alone, or when it was in two
 * refused calls of which all others have passed. That is at most `⌈log2 n⌉ + 1` calls for each offender.
 */
export class Isolation<T, Refusal> {
  /** Known to hold an offender. */
  private suspects: readonly T[];
  /** Nothing is known of them. */
  private unchecked: readonly T[] = [];
  /** Whether the suspects were refused more than once: one refusal alone may have had another cause. */
  private isReproduced = false;
  private step: readonly T[] = [];

  /**
   * @param refused in the order in which they were sent
   * @param refusal of the suspects, the latest
   */
  constructor(
    refused: readonly T[],
    private refusal: Refusal,
  ) {
    this.suspects = refused;
  }

  /** All who still wait for it. */
  get members(): readonly T[] {
    return [...this.suspects, ...this.unchecked];
  }

  /**
   * Whom to send next, in a call of their own.
   *
   * @param isWaiting false for those who have given up meanwhile
   * @returns nobody when it is over
   */
  next(isWaiting: (member: T) => boolean): readonly T[] {
    const left = this.suspects.filter(isWaiting);
    // Whoever left may have been the offender.
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

  /** The step passed, which may leave one suspect. */
  passed(): RejectedMember<T, Refusal> | undefined {
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

  /** What was learned is void, as the step ended otherwise: these still wait and are sent together, next time. */
  restart(stillWaiting: (member: T) => boolean): undefined {
    this.unchecked = this.members.filter(stillWaiting);
    this.suspects = [];
  }

  private found(): RejectedMember<T, Refusal> | undefined {
    const [offender] = this.suspects;
    this.suspects = [];
    return offender === undefined ? undefined : { member: offender, refusal: this.refusal };
  }
}
