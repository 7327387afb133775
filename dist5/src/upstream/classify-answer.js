import { readItemResult, readMessages } from './read-results.js';
const customerBusy = { as: 'not-processed', reason: 'customer-busy' };
const rateLimited = { as: 'not-processed', reason: 'rate-limited' };
const upstreamBusy = { as: 'not-processed', reason: 'upstream-busy' };
const webServerDown = { as: 'not-processed', reason: 'web-server-down' };
const unauthorized = { as: 'unauthorized' };
const tooLarge = { as: 'refused', reason: 'batch-too-large', isDivisible: true };
const refusedRoute = { as: 'refused', reason: 'call-refused', isDivisible: false };
const refused = { as: 'refused', reason: 'call-refused', isDivisible: true };
const misconfigured = { as: 'refused', reason: 'upstream-misconfigured', isDivisible: false };
const upstreamError = { as: 'ambiguous', reason: 'upstream-error' };
const unreadable = { as: 'ambiguous', reason: 'answer-unreadable' };
/**
 * The meaning of an answer without results; the first row that fits decides. A code in the body means more than the
 * HTTP status, and 521 means opposite things with the vendor's JSON and without. Source: docs/vendor-contract.md
 * section 3.
 */
const ANSWER_RULES = [
    { code: [521, 521], reading: customerBusy },
    { code: [429, 429], reading: rateLimited },
    { code: [461, 461], reading: upstreamBusy },
    { code: [503, 503], reading: upstreamBusy },
    { code: [4001, 4001], reading: upstreamBusy },
    { code: [401, 401], reading: unauthorized },
    { code: [1060, 1060], reading: tooLarge },
    { code: [1061, 1062], reading: refusedRoute },
    { code: [1064, 1064], reading: refusedRoute },
    { code: [91021, 91021], reading: refusedRoute },
    { code: [404, 405], reading: misconfigured },
    { code: [415, 415], reading: misconfigured },
    { code: [500, 599], reading: upstreamError },
    { code: [1024, 1024], reading: upstreamError },
    { code: [10002, 10002], reading: upstreamError },
    { status: [401, 401], reading: unauthorized },
    { status: [403, 403], shape: 'bare', reading: misconfigured }, // a firewall: no update is the cause
    { status: [408, 408], reading: upstreamBusy },
    { status: [425, 425], reading: upstreamBusy },
    { status: [429, 429], reading: rateLimited },
    { status: [461, 461], reading: upstreamBusy },
    { status: [503, 503], reading: upstreamBusy },
    { status: [521, 521], shape: 'vendor', reading: customerBusy },
    { status: [521, 521], shape: 'bare', reading: webServerDown },
    { status: [500, 599], reading: upstreamError },
    { status: [300, 399], reading: misconfigured }, // a redirect is never followed: credentials stay with their host
    { status: [404, 405], reading: misconfigured },
    { status: [413, 413], reading: tooLarge },
    { status: [415, 415], reading: misconfigured },
    { status: [400, 499], reading: refused },
    { shape: 'vendor', code: [1, Number.MAX_SAFE_INTEGER], reading: refused },
    { reading: unreadable },
];
function fits(range, values) {
    return range === undefined || values.some((value) => value >= range[0] && value <= range[1]);
}
function nameRange(what, range) {
    if (!range)
        return [];
    const [from, to] = range;
    return [`${what} ${from === to ? from : `${from}-${to}`}`];
}
function nameRule({ code, status, shape }) {
    const names = [...nameRange('code', code), ...nameRange('status', status), ...(shape ? [shape] : [])];
    return names.join(', ') || 'no rule';
}
function decide(status, shape, codes) {
    const rule = ANSWER_RULES.find((candidate) => (candidate.shape === undefined || candidate.shape === shape) &&
        fits(candidate.status, [status]) &&
        fits(candidate.code, codes));
    return { reading: rule?.reading ?? unreadable, decidedBy: rule ? nameRule(rule) : 'no rule' };
}
/** The longest wait that an answer can ask for: limits are per minute, and a wrong date must not stop the service. */
const LONGEST_RETRY_AFTER_MS = 3_600_000;
/**
 * Reads how long the vendor asks to wait.
 *
 * @param retryAfter seconds, or an HTTP date
 * @returns milliseconds from now, at most an hour; 0 when nothing usable was named
 */
export function readRetryAfter(retryAfter, now) {
    if (retryAfter === undefined)
        return 0;
    const seconds = Number(retryAfter);
    const waitMs = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(retryAfter) - now;
    return waitMs > 0 ? Math.min(waitMs, LONGEST_RETRY_AFTER_MS) : 0; // NaN is no wait either
}
/** @returns undefined when the body is not JSON, which is one of the shapes that the rules know */
export function parseJson(body) {
    try {
        return JSON.parse(body);
    }
    catch {
        return undefined; // the shape `bare` covers it
    }
}
/** An answer that holds nothing but a refusal is short. */
const MAX_REFUSAL_LENGTH = 4096;
/** Whether the vendor does not accept our token, which it reports with the status, or with a code in the body. */
export function isUnauthorized({ status, body }) {
    if (status === 401)
        return true;
    if (body.length > MAX_REFUSAL_LENGTH || !body.includes('401'))
        return false;
    return readMessages(errorsOf(parseJson(body)), (message) => message).some(({ code }) => code === 401);
}
function isResults(json, status) {
    if (!Array.isArray(json))
        return false;
    return json.length > 0
        ? json.some((element) => typeof element === 'object' && element !== null)
        : status < 300;
}
/** Classifies the answer to a bulk call. An array of results has one verdict per item, whatever the HTTP status. */
export function classifyAnswer(answer, clean, now) {
    const json = parseJson(answer.body);
    if (isResults(json, answer.status)) {
        const results = json.map((element) => readItemResult(element, clean));
        const isContradictory = answer.status !== 200 && results.every(({ verdict }) => verdict === 'updated');
        // The status reports a failure, and no result does: it is unknown what failed.
        if (isContradictory)
            return { kind: 'ambiguous', reason: 'answer-unreadable', decidedBy: 'contradiction' };
        return { kind: 'answered', results, decidedBy: 'results' };
    }
    return classifyFailure(answer, errorsOf(json), clean, now);
}
/** Returns the vendor's `errors` about a whole call; undefined when the answer is not the vendor's JSON. */
export function errorsOf(json) {
    return typeof json === 'object' && json !== null && 'errors' in json ? json.errors : undefined;
}
/**
 * Classifies an answer that holds no results.
 *
 * @param rawErrors the vendor's `errors`; undefined when the answer is not the vendor's JSON
 */
export function classifyFailure(answer, rawErrors, clean, now) {
    const errors = readMessages(rawErrors, clean);
    const { reading, decidedBy } = decide(answer.status, rawErrors === undefined ? 'bare' : 'vendor', errors.map(({ code }) => code));
    switch (reading.as) {
        case 'ambiguous':
            return { kind: 'ambiguous', reason: reading.reason, decidedBy };
        case 'not-processed':
            return {
                kind: 'not-processed',
                reason: reading.reason,
                canPass: true,
                retryAfterMs: readRetryAfter(answer.retryAfter, now),
                decidedBy,
            };
        case 'unauthorized':
            return {
                kind: 'not-processed',
                reason: 'credentials-refused',
                canPass: false,
                retryAfterMs: 0,
                decidedBy,
            };
        case 'refused':
            return {
                kind: 'refused',
                reason: reading.reason,
                isDivisible: reading.isDivisible,
                errors: errors.length > 0 ? errors : readMessages([{ code: answer.status }], clean),
                decidedBy,
            };
    }
}
//# sourceMappingURL=classify-answer.js.map