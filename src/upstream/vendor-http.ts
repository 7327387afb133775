import { HttpService } from '@nestjs/axios';
import { Injectable } from '@nestjs/common';
import type { Settings } from '../config/settings.js';
import { type TraceSpan, currentSpan, httpSpanName } from '../observability/tracing/span.js';
import type { FailureReason } from './call-result.js';
import { NoAnswer, type NoAnswerCause, createPool, undiciAdapter } from './undici-adapter.js';

/** The most bytes of an answer: 1,000 customers with their children come to a few MB. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/** The vendor's ids have 36 characters; an id of a gateway could have any number. */
const MAX_REQUEST_ID_LENGTH = 128;

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
  const { origin } = new URL(settings.UPSTREAM_BASE_URL);
  const pool = createPool(origin, {
    connections: settings.UPSTREAM_MAX_CONCURRENCY + 1,
    connectTimeoutMs: settings.UPSTREAM_CONNECT_TIMEOUT_MS,
    maxAnswerBytes: MAX_ANSWER_BYTES,
    ca: settings.UPSTREAM_CA,
  });
  return {
    adapter: undiciAdapter(origin, pool),
    timeout: settings.UPSTREAM_TIMEOUT_MS,
    // The adapter does not decompress: most answers are small.
    headers: { 'User-Agent': 'meniscus', 'Accept-Encoding': 'identity' },
    transformRequest: [],
    transformResponse: [],
  };
}

/**
 * Makes one HTTP exchange with the vendor, bounded in time and size, and distinguishes what was sent from what was not.
 */
@Injectable()
export class VendorHttp {
  private notConnected: FailureReason | undefined;

  constructor(private readonly client: HttpService) {}

  /** Why the latest call found no connection; undefined when it found one. */
  get connectionFailure(): FailureReason | undefined {
    return this.notConnected;
  }

  async exchange(call: HttpCall): Promise<Exchange> {
    const span = startSpan(call);
    const exchange = await this.exchangeOnce(call, span?.traceparent);
    if (span) endSpan(span, exchange);
    this.notConnected = exchange.kind === 'not-sent' ? exchange.reason : undefined;
    return exchange;
  }

  private async exchangeOnce(call: HttpCall, traceparent: string | undefined): Promise<Exchange> {
    try {
      const answer = await this.client.axiosRef.request<string>({
        method: call.method,
        url: call.url,
        headers: traceparent === undefined ? call.headers : { ...call.headers, traceparent },
        data: call.body,
      });
      const retryAfter = firstOf(answer.headers['retry-after']);
      const requestId = firstOf(answer.headers['x-cap-request-id']);
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
      return explain(error);
    }
  }
}

/** Starts a span below the current one, if there is one. The query is left out, since it names a customer in some calls. */
function startSpan({ method, url }: HttpCall): TraceSpan | undefined {
  const parent = currentSpan();
  if (parent === undefined) return undefined;
  const { origin, pathname, hostname, port, protocol } = new URL(url);
  return parent.startChild(httpSpanName(method, pathname), {
    kind: 'client',
    facts: {
      method,
      urlWithoutQuery: origin + pathname,
      host: hostname,
      port: Number(port) || (protocol === 'https:' ? 443 : 80),
    },
  });
}

function endSpan(span: TraceSpan, exchange: Exchange): void {
  if (exchange.kind !== 'answer') return span.end({ facts: { errorType: exchange.reason }, isError: true });
  const { status, upstreamRequestId } = exchange;
  const isError = status >= 400;
  const errorType = isError ? String(status) : undefined;
  span.end({ facts: { status, upstreamRequestId, errorType }, isError });
}

/** Returns the first value of a header, which a gateway may have repeated. */
function firstOf(header: unknown): unknown {
  return Array.isArray(header) ? header[0] : header;
}

const AMBIGUOUS_REASONS = {
  late: 'answer-timeout',
  large: 'answer-too-large',
  broken: 'connection-lost',
} as const satisfies Record<NoAnswerCause, FailureReason>;

function explain(error: unknown): Exchange {
  // An error of axios itself leaves open whether the call was sent.
  if (!(error instanceof NoAnswer)) return { kind: 'ambiguous', reason: 'connection-lost' };
  if (error.mayBeSent) return { kind: 'ambiguous', reason: AMBIGUOUS_REASONS[error.why] };
  const reason = error.why === 'late' ? 'connect-timeout' : nameConnectError(error.code);
  return { kind: 'not-sent', reason, canPass: true };
}

/** The codes of Node and of OpenSSL; the first row that fits decides. */
const CONNECT_ERRORS: readonly (readonly [RegExp, FailureReason])[] = [
  [/^ECONNREFUSED$/, 'connection-refused'],
  [/^ETIMEDOUT$/, 'connect-timeout'],
  [/^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/, 'host-unreachable'],
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'name-not-found'],
  [/^CERT_HAS_EXPIRED$/, 'certificate-expired'],
  [/^CERT_NOT_YET_VALID$/, 'certificate-not-valid-yet'],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, 'wrong-host-name'],
  [/SELF_SIGNED_CERT|^UNABLE_TO_/, 'unknown-authority'],
  [/^(EPROTO|ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST))$/, 'not-tls'],
];

/** Names why a connection could not be established. */
export function nameConnectError(code = ''): FailureReason {
  return CONNECT_ERRORS.find(([pattern]) => pattern.test(code))?.[1] ?? 'connection-failed';
}
