import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { explainListenError } from '../config/listen-error.js';
import { EventLog } from '../observability/event-log.js';
import { MetricsText } from '../observability/metrics/exposition.js';

/** More than scrapers need; a further connection is closed at once. */
const MAX_CONNECTIONS = 20;
/** Closes a connection on which nothing has moved, also one of a client that does not read. Prometheus scrapes every 15 s or 60 s. */
const IDLE_MS = 90_000;
/** Limits the time in which a request must arrive. */
const ARRIVAL_MS = 5000;

/**
 * Serves the metrics without a key on a port of their own. It works under overload and during the shutdown, when the other
 * port refuses requests.
 */
@Injectable()
export class MetricsServer implements OnApplicationBootstrap, OnApplicationShutdown {
  private server: Server | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly text: MetricsText,
    private readonly log: EventLog,
  ) {}

  /** @throws StartupError if it cannot listen */
  async onApplicationBootstrap(): Promise<void> {
    const { METRICS_PORT: port, METRICS_HOST: host } = this.settings;
    if (port === undefined) return;
    const server = createServer(
      { headersTimeout: ARRIVAL_MS, requestTimeout: ARRIVAL_MS, keepAliveTimeout: IDLE_MS },
      (request, response) => void this.respond(request, response),
    );
    server.maxConnections = MAX_CONNECTIONS;
    server.setTimeout(IDLE_MS);
    server.listen(port, host);
    try {
      await once(server, 'listening');
    } catch (error) {
      throw explainListenError(error, { port: 'METRICS_PORT', host: 'METRICS_HOST' });
    }
    this.server = server;
    this.log.write('info', 'metrics.listening', { url: urlOf(server) });
  }

  /** Ends after the requests and the updates have, so that the last scrape sees them. A slow client does not delay it. */
  onApplicationShutdown(): void {
    this.server?.close();
    this.server?.closeAllConnections();
  }

  private async respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume();
    const { method = '', url = '' } = request;
    const [path] = url.split('?');
    if (path !== '/metrics') return end(response, 404, 'There is only /metrics.\n');
    if (method !== 'GET' && method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return end(response, 405, 'Only GET and HEAD are allowed.\n');
    }
    try {
      const { contentType, body } = await this.text.scrape(request.headers.accept);
      end(response, 200, body, contentType);
    } catch (error) {
      this.log.fault('metrics.not-written', error);
      end(response, 500, 'The metrics cannot be written; the log has the reason.\n');
    }
  }
}

function end(response: ServerResponse, status: number, body: string, contentType = 'text/plain'): void {
  response.writeHead(status, {
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a server on a port has an address');
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}
