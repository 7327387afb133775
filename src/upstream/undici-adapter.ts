import type { IncomingHttpHeaders } from 'node:http';
import { AxiosHeaders, type AxiosAdapter, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios';
import { type Dispatcher, Pool } from 'undici';

/** We close idle connections before a gateway does it during a call: a reset there would leave credits in doubt. */
const IDLE_CONNECTION_MS = 4000;

/** A gateway that names a shorter idle time gets a connection closed this long before. Source: `http.Agent` of Node. */
const IDLE_MARGIN_MS = 1000;

export interface PoolOptions {
  readonly connections: number;
  readonly connectTimeoutMs: number;
  readonly maxAnswerBytes: number;
  /** The only certificate authority accepted, in PEM; absent for those that Node trusts. */
  readonly ca: string | undefined;
}

/** So many addresses of a host are tried within the timeout; the last one has what is left of it. */
const ADDRESSES = 4;

/** How a connection is established: each address of the host is tried, however far away the first one is. */
export function connectOptions({ connectTimeoutMs, ca }: Pick<PoolOptions, 'connectTimeoutMs' | 'ca'>) {
  return {
    timeout: connectTimeoutMs,
    // Explicit, as Node's own 250 ms for an address fail on a long way.
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: Math.max(10, Math.floor(connectTimeoutMs / ADDRESSES)),
    // Explicit, so that no environment variable of Node can switch it off.
    rejectUnauthorized: true,
    ...(ca !== undefined && { ca }),
  };
}

/** Creates connections to one origin that are kept alive. No environment variable changes where they lead. */
export function createPool(origin: string, options: PoolOptions): Pool {
  return new Pool(origin, {
    connections: options.connections,
    // One call at a time on a connection: a reset leaves no other call in doubt.
    pipelining: 1,
    // HTTP/2 would let undici send a call again on its own.
    allowH2: false,
    keepAliveTimeout: IDLE_CONNECTION_MS,
    keepAliveMaxTimeout: IDLE_CONNECTION_MS,
    keepAliveTimeoutThreshold: IDLE_MARGIN_MS,
    // The one deadline of a call replaces them.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: options.maxAnswerBytes,
    connect: connectOptions(options),
  });
}

/** `late`: a timeout passed; `large`: the answer exceeds the limit; `broken`: any other error of the connection. */
export type NoAnswerCause = 'late' | 'large' | 'broken';

/** The only error of the adapter: there is no complete answer. */
export class NoAnswer extends Error {
  constructor(
    /** Whether the connection was established and undici began to write; if not, no byte left. */
    readonly mayBeSent: boolean,
    readonly why: NoAnswerCause,
    /** The code of the system, of OpenSSL or of undici. */
    readonly code?: string,
  ) {
    super(`no answer: ${why}`);
  }
}

/**
 * Makes axios send its calls through a pool: no redirects, no second attempts, and `timeout` limits the whole call.
 *
 * undici closes the connection on `100 Continue`, which a gateway must not send to a call without `Expect`.
 *
 * @param origin that of the pool; a call to another one is refused before it is sent
 */
export function undiciAdapter(origin: string, pool: Pick<Dispatcher, 'dispatch'>): AxiosAdapter {
  return (config) =>
    new Promise((resolve, reject) => {
      const url = URL.parse(config.url ?? '');
      if (url?.origin !== origin) {
        reject(new NoAnswer(false, 'broken'));
        return;
      }
      pool.dispatch(
        {
          path: url.pathname + url.search,
          method: (config.method ?? 'GET').toUpperCase(),
          headers: config.headers.toJSON() as Record<string, string>,
          body: (config.data as string | undefined) ?? null,
        },
        new Call(config, resolve, reject),
      );
    });
}

/** Decodes answers; a byte order mark, with which JSON would not parse, is removed. */
const UTF_8 = new TextDecoder();

/** One call: undici reports its progress here, and the first end counts. */
class Call implements Dispatcher.DispatchHandler {
  private readonly deadline: NodeJS.Timeout;
  private controller: Dispatcher.DispatchController | undefined;
  private isEnded = false;
  private status = 0;
  private headers: IncomingHttpHeaders = {};
  private readonly chunks: Buffer[] = [];

  constructor(
    private readonly config: InternalAxiosRequestConfig,
    private readonly resolve: (answer: AxiosResponse<string>) => void,
    private readonly reject: (error: NoAnswer) => void,
  ) {
    // An answer that arrived while the whole process was paused is read first.
    this.deadline = setTimeout(() => setImmediate(() => this.endLate()), config.timeout);
  }

  /** Follows right before the first byte is written to an established connection; `abort` prevents that. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    // A call that has ended must not be sent, and no call is sent twice, whatever undici considers safe to repeat.
    if (this.isEnded || this.controller) controller.abort(new Error('not to be sent'));
    else this.controller = controller;
  }

  /** Follows once for each informational answer such as 103, and then for the answer itself. */
  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.status = status;
    this.headers = headers;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (!this.end()) return;
    const { config, status, chunks } = this;
    const [only] = chunks;
    const data = UTF_8.decode(only && chunks.length === 1 ? only : Buffer.concat(chunks));
    const headers = new AxiosHeaders(this.headers as Record<string, string | string[]>);
    this.resolve({ data, status, statusText: '', headers, config });
  }

  onResponseError(_: unknown, error: Error & { readonly code?: string }): void {
    if (this.end()) this.reject(new NoAnswer(this.controller !== undefined, causeOf(error.code), error.code));
  }

  private endLate(): void {
    if (!this.end()) return;
    this.reject(new NoAnswer(this.controller !== undefined, 'late'));
    this.controller?.abort(new Error('too late'));
  }

  /** @returns whether this is the first end */
  private end(): boolean {
    clearTimeout(this.deadline);
    const isFirst = !this.isEnded;
    this.isEnded = true;
    return isFirst;
  }
}

function causeOf(code: string | undefined): NoAnswerCause {
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return 'late';
  return code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE' ? 'large' : 'broken';
}
