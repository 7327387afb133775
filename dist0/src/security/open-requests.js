/** The weight of the latest duration in the moving average. */
const WEIGHT = 0.2;
/** Counts the requests of each principal that are in progress, and measures how long they take. */
export class OpenRequests {
    now;
    open = new Map();
    constructor(now = () => performance.now()) {
        this.now = now;
    }
    countOf(id) {
        return this.open.get(id)?.count ?? 0;
    }
    /** @returns after how many milliseconds one of them probably ends */
    waitMs(id) {
        const { count, meanMs } = this.open.get(id) ?? { count: 0, meanMs: 0 };
        return count === 0 ? 0 : meanMs / count;
    }
    /** @returns a function that ends the request */
    begin(id) {
        const open = this.open.get(id) ?? { count: 0, meanMs: 0 };
        this.open.set(id, open);
        open.count += 1;
        const startedAt = this.now();
        return () => {
            open.count -= 1;
            open.meanMs += WEIGHT * (this.now() - startedAt - open.meanMs);
            if (open.count === 0)
                this.open.delete(id); // an issuer of tokens may know any number of principals
        };
    }
}
//# sourceMappingURL=open-requests.js.map