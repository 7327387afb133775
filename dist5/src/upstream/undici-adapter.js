import { AxiosHeaders } from 'axios';
import { Pool } from 'undici';
/** We close idle connections before a gateway does it during a call: a reset there would leave credits in doubt. */
const IDLE_CONNECTION_MS = 4000;
/** A gateway that names a shorter idle time gets a connection closed this long before. Source: `http.Agent` of Node. */
const IDLE_MARGIN_MS = 1000;
/** Creates connections to one origin that are kept alive. No environment variable changes where they lead. */
export function createPool(origin, options) {
    const { ca } = options;
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
        connect: {
            timeout: options.connectTimeoutMs,
            // Explicit, so that no environment variable of Node can switch it off.
            rejectUnauthorized: true,
            ...(ca !== undefined && { ca }),
        },
    });
}
/** The only error of the adapter: there is no complete answer. */
export class NoAnswer extends Error {
    mayBeSent;
    why;
    constructor(
    /** Whether the connection was established and undici began to write; if not, no byte left. */
    mayBeSent, why) {
        super(`no answer: ${why}`);
        this.mayBeSent = mayBeSent;
        this.why = why;
    }
}
/**
 * Makes axios send its calls through a pool: no redirects, no second attempts, and `timeout` limits the whole call.
 *
 * undici closes the connection on `100 Continue`, which a gateway must not send to a call without `Expect`.
 *
 * @param origin that of the pool; a call to another one is refused before it is sent
 */
export function undiciAdapter(origin, pool) {
    return (config) => new Promise((resolve, reject) => {
        const url = URL.parse(config.url ?? '');
        if (url?.origin !== origin) {
            reject(new NoAnswer(false, 'broken'));
            return;
        }
        pool.dispatch({
            path: url.pathname + url.search,
            method: (config.method ?? 'GET').toUpperCase(),
            headers: config.headers.toJSON(),
            body: config.data ?? null,
        }, new Call(config, resolve, reject));
    });
}
/** Decodes answers; a byte order mark, with which JSON would not parse, is removed. */
const UTF_8 = new TextDecoder();
/** One call: undici reports its progress here, and the first end counts. */
class Call {
    config;
    resolve;
    reject;
    deadline;
    controller;
    isEnded = false;
    status = 0;
    headers = {};
    chunks = [];
    constructor(config, resolve, reject) {
        this.config = config;
        this.resolve = resolve;
        this.reject = reject;
        this.deadline = setTimeout(() => this.endLate(), config.timeout);
    }
    /** Follows right before the first byte is written to an established connection; `abort` prevents that. */
    onRequestStart(controller) {
        // A call that has ended must not be sent, and no call is sent twice, whatever undici considers safe to repeat.
        if (this.isEnded || this.controller)
            controller.abort(new Error('not to be sent'));
        else
            this.controller = controller;
    }
    /** Follows once for each informational answer such as 103, and then for the answer itself. */
    onResponseStart(_, status, headers) {
        this.status = status;
        this.headers = headers;
    }
    onResponseData(_, chunk) {
        this.chunks.push(chunk);
    }
    onResponseEnd() {
        if (!this.end())
            return;
        const { config, status, chunks } = this;
        const [only] = chunks;
        const data = UTF_8.decode(only && chunks.length === 1 ? only : Buffer.concat(chunks));
        const headers = new AxiosHeaders(this.headers);
        this.resolve({ data, status, statusText: '', headers, config });
    }
    onResponseError(_, error) {
        if (this.end())
            this.reject(new NoAnswer(this.controller !== undefined, causeOf(error.code)));
    }
    endLate() {
        if (!this.end())
            return;
        this.reject(new NoAnswer(this.controller !== undefined, 'late'));
        this.controller?.abort(new Error('too late'));
    }
    /** @returns whether this is the first end */
    end() {
        clearTimeout(this.deadline);
        const isFirst = !this.isEnded;
        this.isEnded = true;
        return isFirst;
    }
}
function causeOf(code) {
    if (code === 'UND_ERR_CONNECT_TIMEOUT')
        return 'late';
    return code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE' ? 'large' : 'broken';
}
//# sourceMappingURL=undici-adapter.js.map