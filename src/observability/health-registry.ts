import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';

/** What readiness reports about the vendor. It never makes an instance not ready: another instance would meet the same. */
export interface VendorState {
  readonly breaker: 'closed' | 'open' | 'half-open';
  /** Why the latest call found no connection, in a fixed word; `no-fault` if it found one, or before the first call. */
  readonly connection: string;
  /** Whether the vendor accepted our credentials at the last call. */
  readonly credentials: 'unused' | 'accepted' | 'refused' | 'unavailable';
  /** Calls left in this minute, as this instance counts them; null without a limit. */
  readonly budgetLeft: number | null;
}

const SHUTTING_DOWN = 'shutting down; send requests to another instance';

/** Tracks whether the service is ready, and which components are not and why. */
@Injectable()
export class HealthRegistry implements BeforeApplicationShutdown {
  private isLeaving = false;
  private shuttingDown = false;
  private readonly components = new Map<string, { whyNotReady: () => string | undefined; action: string }>();

  /** Reads the state of the vendor; undefined until delivery has provided it. */
  vendorState: (() => VendorState) | undefined;

  /** Whether new requests are refused. */
  get isShuttingDown(): boolean {
    return this.shuttingDown;
  }

  /** Whether the service is about to end: it may still accept requests, but callers should send the next one elsewhere. */
  get isEnding(): boolean {
    return this.isLeaving;
  }

  /** Makes the service not ready, while it goes on serving. */
  announceShutdown(): void {
    this.isLeaving = true;
  }

  /**
   * @param whyNotReady returns a fixed sentence while the component cannot work
   * @param action what to do then
   */
  register(component: string, whyNotReady: () => string | undefined, action: string): void {
    this.components.set(component, { whyNotReady, action });
  }

  /** @returns for each component that is not ready, why, and what to do */
  notReady(): Record<string, string> {
    const reasons: Record<string, string> = this.isLeaving ? { service: SHUTTING_DOWN } : {};
    for (const [component, { whyNotReady, action }] of this.components) {
      const why = whyNotReady();
      if (why !== undefined) reasons[component] = `${why}; ${action}`;
    }
    return reasons;
  }

  beforeApplicationShutdown(): void {
    this.isLeaving = true;
    this.shuttingDown = true;
  }
}
