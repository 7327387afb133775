/** The weight of the latest duration in the moving average. */
const WEIGHT = 0.2;

interface Open {
  count: number;
  meanMs: number;
}

/** Counts the requests of each principal that are in progress, and measures how long they take. */
export class OpenRequests {
  private readonly open = new Map<string, Open>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  countOf(id: string): number {
    return this.open.get(id)?.count ?? 0;
  }

  /** @returns after how many milliseconds one of them probably ends */
  waitMs(id: string): number {
    const { count, meanMs } = this.open.get(id) ?? { count: 0, meanMs: 0 };
    return count === 0 ? 0 : meanMs / count;
  }

  /** @returns a function that ends the request */
  begin(id: string): () => void {
    const open = this.open.get(id) ?? { count: 0, meanMs: 0 };
    this.open.set(id, open);
    open.count += 1;
    const startedAt = this.now();
    return () => {
      open.count -= 1;
      open.meanMs += WEIGHT * (this.now() - startedAt - open.meanMs);
      if (open.count === 0) this.open.delete(id); // an issuer of tokens may know any number of principals
    };
  }
}
