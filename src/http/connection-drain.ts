import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { Settings } from '../config/settings.js';

/** Leaves time for responses that are still being written when the drain is over. */
const LAST_RESPONSES_MS = 1000;

/** Closes the connections that are still open when the drain is over, such as those of callers that do not read. */
@Injectable()
export class ConnectionDrain implements BeforeApplicationShutdown {
  constructor(
    private readonly host: HttpAdapterHost<FastifyAdapter>,
    private readonly settings: Settings,
  ) {}

  beforeApplicationShutdown(): void {
    const server = this.host.httpAdapter.getInstance().server;
    setTimeout(
      () => server.closeAllConnections(),
      this.settings.DRAIN_TIMEOUT_MS + LAST_RESPONSES_MS,
    ).unref();
  }
}
