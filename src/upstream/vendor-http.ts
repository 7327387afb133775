import http, { type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import { HttpService } from '@nestjs/axios';
import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import type { FailureReason } from './call-result.js';

/** The most bytes of an answer: 1,000 customers with their children come to a few MB. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/** The vendor's ids have 36 characters; an id of a gateway could have any number. */
const MAX_REQUEST_ID_LENGTH = 128;

/** We close idle connections before a gateway does it during a call: a reset there would leave credits in doubt. */
const IDLE_CONNECTION_MS = 4000;

export interface HttpCall {
  readonly method: 'PUT' | 'POST' | 'GET';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An HTTP answer of the vendor or of a gateway in front of it. */
export interface HttpAnswer {
  readonly kind: 'answer';
  readonly status: number;
  readonly body: string;
  /** The header as received; absent when there was none. */
  readonly retryAfter?: string;
  /** The vendor's id of the call. */
  readonly upstreamRequestId?: string;
}

/** How an HTTP call ended. `not-sent`: not a byte of it reached the vendor; `ambiguous`: it may have. */
export type Exchange =
  | HttpAnswer
  | { readonly kind: 'not-sent'; readonly reason: FailureReason; readonly canPass: boolean }
  | { readonly kind: 'ambiguous'; readonly reason: FailureReason };

/** Options for `HttpModule`: connections are kept alive, and nothing can send credentials to another host. */
export function vendorHttpOptions(settings: Settings) {
  const { UPSTREAM_CA: ca } = settings;
  const agent = {
    keepAlive: true,
    maxSockets: settings.UPSTREAM_MAX_CONCURRENCY + 1,
    timeout: IDLE_CONNECTION_MS,
  };
  return {
    httpAgent: new http.Agent(agent),
    // Explicit, so that no environment variable of Node can switch it off.
    httpsAgent: new https.Agent({ ...agent, rejectUnauthorized: true, ...(ca !== undefined && { ca }) }),
    maxRedirects: 0,
    // Independent of HTTP_PROXY and HTTPS_PROXY.
    proxy: false as const,
    maxContentLength: MAX_ANSWER_BYTES,
    maxBodyLength: Infinity,
    responseType: 'text' as const,
    transformRequest: [],
    transformResponse: [],
    validateStatus: () => true,
  };
}

/** Watches whether the connection of one request was established, after which bytes may have left. */
class Handover {
  begun = false;

  constructor(private readonly connectTimeoutMs: number) {}

  /** A drop-in for `http.request` that axios calls. */
  readonly request = (
    options: RequestOptions,
    onAnswer: (answer: IncomingMessage) => void,
  ): ClientRequest => {
    const isSecure = options.protocol === 'https:';
    const request = (isSecure ? https : http).request(options, onAnswer);
    request.once('socket', (socket) => {
      if (!socket.connecting) {
        this.begun = true;
        return;
      }
      const timer = setTimeout(() => request.destroy(new Error('connect timeout')), this.connectTimeoutMs);
      socket.once(isSecure ? 'secureConnect' : 'connect', () => {
        clearTimeout(timer);
        this.begun = true;
      });
      socket.once('close', () => clearTimeout(timer));
    });
    return request;
  };
}

/**
 * Makes one HTTP exchange with the vendor, bounded in time and size, and distinguishes what was sent from what was not.
 */
@Injectable()
export class VendorHttp {
  constructor(
    private readonly client: HttpService,
    private readonly settings: Settings,
  ) {}

  async exchange(call: HttpCall): Promise<Exchange> {
    const handover = new Handover(this.settings.UPSTREAM_CONNECT_TIMEOUT_MS);
    const tooLate = AbortSignal.timeout(this.settings.UPSTREAM_TIMEOUT_MS);
    try {
      const answer = await this.client.axiosRef.request<string>({
        method: call.method,
        url: call.url,
        headers: { ...call.headers, 'User-Agent': 'meniscus' },
        data: call.body,
        transport: handover,
        signal: tooLate,
      });
      const { 'retry-after': retryAfter, 'x-cap-request-id': requestId } = answer.headers;
      return {
        kind: 'answer',
        status: answer.status,
        body: answer.data,
        ...(typeof retryAfter === 'string' && { retryAfter }),
        ...(typeof requestId === 'string' && {
          upstreamRequestId: requestId.slice(0, MAX_REQUEST_ID_LENGTH),
        }),
      };
    } catch (error) {
      return explain(error, handover.begun, tooLate.aborted);
    }
  }
}

function explain(error: unknown, wasHandedOver: boolean, isTooLate: boolean): Exchange {
  const message = error instanceof Error ? error.message : '';
  if (!wasHandedOver) {
    const timedOut = isTooLate || message === 'connect timeout';
    return { kind: 'not-sent', reason: timedOut ? 'connect-timeout' : 'connection-refused', canPass: true };
  }
  if (isTooLate) return { kind: 'ambiguous', reason: 'answer-timeout' };
  if (message.startsWith('maxContentLength')) return { kind: 'ambiguous', reason: 'answer-too-large' };
  return { kind: 'ambiguous', reason: 'connection-lost' };
}
