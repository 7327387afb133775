/** How much the latest duration weighs in the mean. */
const WEIGHT = 0.2;

interface Open {
  count: number;
  meanMs: number;
}

/** The requests of each principal that are not over yet, and how long they take. */
export class OpenRequests {
  private readonly open = new Map<string, Open>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  countOf(id: string): number {
    return this.open.get(id)?.count ?? 0;
  }

  /** @returns in how many milliseconds one of them ends, if they take as long as those before */
  waitMs(id: string): number {
    const { count, meanMs } = this.open.get(id) ?? { count: 0, meanMs: 0 };
    return count === 0 ? 0 : meanMs / count;
  }

  /** @returns what ends it */
  begin(id: string): () => void {
    const open = this.open.get(id) ?? { count: 0, meanMs: 0 };
    this.open.set(id, open);
    open.count += 1;
    const startedAt = this.now();
    return () => {
      open.count -= 1;
      open.meanMs += WEIGHT * (this.now() - startedAt - open.meanMs);
      if (open.count === 0) this.open.delete(id); // there are as many principals as a token's issuer knows
    };
  }
}
