import { hash } from 'node:crypto';
import type { CustomerKey } from '../../delivery/customer-key.js';

/** How many identifiers are remembered by one dry run, and by all of a process at once. */
interface Bounds {
  readonly ofOne: number;
  readonly ofAll: number;
}

/** About 5 MB and 50 MB. */
const BOUNDS: Bounds = { ofOne: 100_000, ofAll: 1_000_000 };

/** 48 bits: among as many as a dry run remembers, one is taken for another in one of 50,000 dry runs. */
const HASH_BYTES = 6;

function shorten(key: CustomerKey): number {
  return hash('sha256', key, 'buffer').readUIntBE(0, HASH_BYTES);
}

/** The identifiers that one dry run has met, as far as there was room for them. */
export class SeenInOne {
  private readonly hashes = new Set<number>();
  private hasLeftOut = false;

  constructor(
    private readonly most: number,
    /** Asks for room for one more. */
    private readonly take: () => boolean,
  ) {}

  /** How many are remembered. */
  get count(): number {
    return this.hashes.size;
  }

  /** Whether all that were met are remembered. */
  get isComplete(): boolean {
    return !this.hasLeftOut;
  }

  /** Remembers the identifiers of a customer. @returns whether any of them was met before */
  meet(customer: readonly CustomerKey[]): boolean {
    const hashes = customer.map(shorten);
    const isRepeated = hashes.some((one) => this.hashes.has(one));
    for (const one of hashes) {
      if (this.hashes.has(one)) continue;
      if (this.count < this.most && this.take()) this.hashes.add(one);
      else this.hasLeftOut = true;
    }
    return isRepeated;
  }
}

/** What dry runs remember of the identifiers in their lines: bounded, however many run at once. */
export class SeenIdentifiers {
  private left: number;

  constructor(private readonly bounds: Bounds = BOUNDS) {
    this.left = bounds.ofAll;
  }

  /** What a dry run remembers is forgotten when it has ended. */
  async during<T>(run: (seen: SeenInOne) => Promise<T>): Promise<T> {
    const seen = new SeenInOne(this.bounds.ofOne, () => {
      if (this.left === 0) return false;
      this.left -= 1;
      return true;
    });
    try {
      return await run(seen);
    } finally {
      this.left += seen.count;
    }
  }
}
