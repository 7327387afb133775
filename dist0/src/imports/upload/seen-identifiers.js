import { hash } from 'node:crypto';
/** Our bounds: about 5 MB and 50 MB. */
const BOUNDS = { perDryRun: 100_000, perProcess: 1_000_000 };
/** 48 bits: two of 100,000 identifiers have the same hash in one of 50,000 dry runs. */
const HASH_BYTES = 6;
function shortHash(key) {
    return hash('sha256', key, 'buffer').readUIntBE(0, HASH_BYTES);
}
/** The identifiers that one dry run has seen, within its bound. */
export class SeenInDryRun {
    maxCount;
    reserve;
    hashes = new Set();
    isTruncated = false;
    constructor(maxCount, 
    /** Reserves room for one more identifier. @returns false if there is none */
    reserve) {
        this.maxCount = maxCount;
        this.reserve = reserve;
    }
    /** How many identifiers are remembered. */
    get count() {
        return this.hashes.size;
    }
    /** Whether all identifiers are remembered. */
    get isComplete() {
        return !this.isTruncated;
    }
    /** Remembers the identifiers of a customer. @returns whether it had seen any of them */
    add(customer) {
        const hashes = customer.map(shortHash);
        const isRepeated = hashes.some((one) => this.hashes.has(one));
        for (const one of hashes) {
            if (this.hashes.has(one))
                continue;
            if (this.count < this.maxCount && this.reserve())
                this.hashes.add(one);
            else
                this.isTruncated = true;
        }
        return isRepeated;
    }
}
/** Bounds the identifiers that all concurrent dry runs remember together. */
export class SeenIdentifiers {
    bounds;
    remainingCount;
    constructor(bounds = BOUNDS) {
        this.bounds = bounds;
        this.remainingCount = bounds.perProcess;
    }
    /** Runs a dry run, and forgets its identifiers when it has ended. */
    async during(run) {
        const seen = new SeenInDryRun(this.bounds.perDryRun, () => {
            if (this.remainingCount === 0)
                return false;
            this.remainingCount -= 1;
            return true;
        });
        try {
            return await run(seen);
        }
        finally {
            this.remainingCount += seen.count;
        }
    }
}
//# sourceMappingURL=seen-identifiers.js.map