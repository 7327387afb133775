import { createHash } from 'node:crypto';
/** The most rejections that are remembered. */
const CAPACITY = 10_000;
/**
 * Remembers for a short time which updates made the vendor refuse a whole call, so that they do not fail another one.
 */
export class RecentRejections {
    rememberMs;
    rejections = new Map();
    /** @param rememberMs 0 remembers nothing */
    constructor(rememberMs) {
        this.rememberMs = rememberMs;
    }
    add(laneKey, itemJson, errors, now) {
        if (this.rememberMs === 0)
            return;
        this.forget(now);
        const [oldest] = this.rejections.keys();
        if (this.rejections.size >= CAPACITY && oldest !== undefined)
            this.rejections.delete(oldest);
        const fingerprint = fingerprintOf(laneKey, itemJson);
        this.rejections.delete(fingerprint);
        this.rejections.set(fingerprint, { errors, until: now + this.rememberMs });
    }
    /** @returns the vendor's errors for the very same update a short while ago */
    find(laneKey, itemJson, now) {
        this.forget(now);
        if (this.rejections.size === 0)
            return undefined;
        return this.rejections.get(fingerprintOf(laneKey, itemJson))?.errors;
    }
    forget(now) {
        for (const [fingerprint, { until }] of this.rejections) {
            if (until > now)
                return; // the oldest come first
            this.rejections.delete(fingerprint);
        }
    }
}
function fingerprintOf(laneKey, itemJson) {
    return createHash('sha256').update(laneKey).update('\n').update(itemJson).digest('base64');
}
//# sourceMappingURL=recent-rejections.js.map