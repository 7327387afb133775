import { PROBLEM_PAGES } from './problem-catalog.js';
/** The headers of every response with a problem. */
export const PROBLEM_HEADERS = {
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'no-store',
};
/** Ends a request with a problem. */
export class Problem extends Error {
    type;
    name = 'Problem';
    detail;
    status;
    headers;
    extensions;
    constructor(type, options = {}) {
        const page = PROBLEM_PAGES[type];
        const { detail = page.explanation, status = page.status, retryAfterMs, headers, ...extensions } = options;
        const { stackTraceLimit } = Error;
        // Its stack is never read, and would be the most expensive part of a refusal.
        Error.stackTraceLimit = 0;
        super(detail);
        this.type = type;
        Error.stackTraceLimit = stackTraceLimit;
        this.detail = detail;
        this.status = status;
        this.headers = {
            ...headers,
            ...(retryAfterMs !== undefined && { 'Retry-After': retryAfterSeconds(retryAfterMs) }),
        };
        this.extensions = extensions;
    }
}
export function retryAfterSeconds(retryAfterMs) {
    return String(Math.max(1, Math.ceil(retryAfterMs / 1000)));
}
/** Returns the path of the page of a type; it is relative, so that it works behind any proxy. */
export function problemPath(type) {
    return `/problems/${type}`;
}
export function problemBody(problem, requestId) {
    return {
        type: problemPath(problem.type),
        title: PROBLEM_PAGES[problem.type].title,
        status: problem.status,
        detail: problem.detail,
        requestId,
        ...problem.extensions,
    };
}
export function sendProblem(reply, problem, requestId) {
    void reply
        .status(problem.status)
        .headers({ ...problem.headers, ...PROBLEM_HEADERS })
        .send(problemBody(problem, requestId));
}
/** Creates the problem of a request that is outside its caller's bounds; `errors` lists every value outside. */
export function outOfBounds(mistakes) {
    return new Problem('out-of-bounds', { errors: mistakes });
}
/** Creates the problem of an invalid request; `errors` lists every mistake. */
export function invalidRequest(mistakes) {
    const detail = `The request has ${mistakes.length} mistake(s).`;
    return new Problem('invalid-request', { detail, errors: mistakes });
}
//# sourceMappingURL=problem.js.map