import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';

/** Tracks whether the service is ready, and which components are not and why. */
@Injectable()
export class HealthRegistry implements BeforeApplicationShutdown {
  private shuttingDown = false;
  private readonly components = new Map<string, () => string | undefined>();

  get isShuttingDown(): boolean {
    return this.shuttingDown;
  }

  /** @param whyNotReady returns a fixed sentence while the component cannot work */
  register(component: string, whyNotReady: () => string | undefined): void {
    this.components.set(component, whyNotReady);
  }

  /** @returns a fixed sentence for each component that is not ready */
  notReady(): Record<string, string> {
    const reasons: Record<string, string> = this.shuttingDown ? { service: 'shutting down' } : {};
    for (const [component, whyNotReady] of this.components) {
      const why = whyNotReady();
      if (why !== undefined) reasons[component] = why;
    }
    return reasons;
  }

  beforeApplicationShutdown(): void {
    this.shuttingDown = true;
  }
}
