import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { Settings } from '../config/settings.js';

/** For the answers that are written when the drain is over. */
const LAST_ANSWERS_MS = 1000;

/** Ends the connections that are still open when the drain is over, such as those of callers who do not read. */
@Injectable()
export class ConnectionDrain implements BeforeApplicationShutdown {
  constructor(
    private readonly host: HttpAdapterHost<FastifyAdapter>,
    private readonly settings: Settings,
  ) {}

  beforeApplicationShutdown(): void {
    const server = this.host.httpAdapter.getInstance().server;
    setTimeout(() => server.closeAllConnections(), this.settings.DRAIN_TIMEOUT_MS + LAST_ANSWERS_MS).unref();
  }
}
