import { createHash } from 'node:crypto';
import type { VendorMessage } from '../outcome.js';

/** The most rejections that are remembered. */
const CAPACITY = 10_000;

interface Rejection {
  readonly errors: readonly VendorMessage[];
  readonly until: number;
}

/**
 * Remembers for a short time which updates made the vendor refuse a whole call, so that they do not fail another one.
 */
export class RecentRejections {
  private readonly rejections = new Map<string, Rejection>();

  /** @param rememberMs 0 remembers nothing */
  constructor(private readonly rememberMs: number) {}

  add(laneKey: string, itemJson: string, errors: readonly VendorMessage[], now: number): void {
    if (this.rememberMs === 0) return;
    this.forget(now);
    const [oldest] = this.rejections.keys();
    if (this.rejections.size >= CAPACITY && oldest !== undefined) this.rejections.delete(oldest);
    const fingerprint = fingerprintOf(laneKey, itemJson);
    this.rejections.delete(fingerprint);
    this.rejections.set(fingerprint, { errors, until: now + this.rememberMs });
  }

  /** @returns the vendor's errors for the very same update a short while ago */
  find(laneKey: string, itemJson: string, now: number): readonly VendorMessage[] | undefined {
    this.forget(now);
    if (this.rejections.size === 0) return undefined;
    return this.rejections.get(fingerprintOf(laneKey, itemJson))?.errors;
  }

  private forget(now: number): void {
    for (const [fingerprint, { until }] of this.rejections) {
      if (until > now) return; // the oldest come first
      this.rejections.delete(fingerprint);
    }
  }
}

function fingerprintOf(laneKey: string, itemJson: string): string {
  return createHash('sha256').update(laneKey).update('\n').update(itemJson).digest('base64');
}
