import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';

/** Knows whether the service takes work, and if not, which room cannot and why. */
@Injectable()
export class HealthRegistry implements BeforeApplicationShutdown {
  private shuttingDown = false;
  private readonly rooms = new Map<string, () => string | undefined>();

  get isShuttingDown(): boolean {
    return this.shuttingDown;
  }

  /** @param whyNotReady answers with a fixed sentence while the room cannot work */
  register(room: string, whyNotReady: () => string | undefined): void {
    this.rooms.set(room, whyNotReady);
  }

  /** @returns for each room that is not ready, why, in a fixed sentence */
  notReady(): Record<string, string> {
    const reasons: Record<string, string> = this.shuttingDown ? { service: 'shutting down' } : {};
    for (const [room, whyNotReady] of this.rooms) {
      const why = whyNotReady();
      if (why !== undefined) reasons[room] = why;
    }
    return reasons;
  }

  beforeApplicationShutdown(): void {
    this.shuttingDown = true;
  }
}
