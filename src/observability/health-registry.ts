import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';

/** Knows whether the service takes work, and if not, which room cannot and why. */
@Injectable()
export class HealthRegistry implements BeforeApplicationShutdown {
  private shuttingDown = false;

  get isShuttingDown(): boolean {
    return this.shuttingDown;
  }

  /** @returns for each room that is not ready, why, in a fixed sentence */
  notReady(): Record<string, string> {
    return this.shuttingDown ? { service: 'shutting down' } : {};
  }

  beforeApplicationShutdown(): void {
    this.shuttingDown = true;
  }
}
