/** The customers that an item touches: it owns its customer and the children, and only names the parent. */
export interface Touched {
  owned: string[];
  named: string[];
}

interface Claim {
  callId: string;
  owns: boolean;
}

/**
 * Tracks the customers that open calls are working on.
 *
 * Items of one call may name the same parent, as the thousand drivers of one owner do. The vendor answers 521 to
 * everything else that touches a customer twice.
 */
export class RunningCustomers {
  readonly #claims = new Map<string, Claim[]>();
  readonly #keysOfCall = new Map<string, Set<string>>();
  overlaps = 0;

  /** Claims the customers of the items that may run. @returns for each item, whether it collides */
  open(callId: string, items: readonly Touched[], refuseCollisions: boolean): boolean[] {
    this.#keysOfCall.set(callId, new Set());
    return items.map((item) => {
      const collides =
        item.owned.some((key) => this.#isTaken(key, callId, true)) ||
        item.named.some((key) => this.#isTaken(key, callId, false));
      if (collides) this.overlaps += 1;
      if (!collides || !refuseCollisions) this.#claim(callId, item);
      return collides && refuseCollisions;
    });
  }

  close(callId: string): void {
    for (const key of this.#keysOfCall.get(callId) ?? []) {
      const others = (this.#claims.get(key) ?? []).filter((claim) => claim.callId !== callId);
      if (others.length > 0) this.#claims.set(key, others);
      else this.#claims.delete(key);
    }
    this.#keysOfCall.delete(callId);
  }

  #isTaken(key: string, callId: string, owns: boolean): boolean {
    return (this.#claims.get(key) ?? []).some((claim) => claim.callId !== callId || claim.owns || owns);
  }

  #claim(callId: string, { owned, named }: Touched): void {
    for (const key of new Set(owned)) this.#add(key, { callId, owns: true });
    for (const key of new Set(named)) this.#add(key, { callId, owns: false });
  }

  #add(key: string, claim: Claim): void {
    const claims = this.#claims.get(key) ?? [];
    // A thousand items that name one parent make one claim, or lookups would take quadratic time.
    if (!claims.some(({ callId, owns }) => callId === claim.callId && owns === claim.owns))
      claims.push(claim);
    this.#claims.set(key, claims);
    this.#keysOfCall.get(claim.callId)?.add(key);
  }
}
