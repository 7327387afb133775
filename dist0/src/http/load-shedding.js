import { REASONS } from '../problems/problem-catalog.js';
import { PROBLEM_HEADERS, Problem, problemBody, retryAfterSeconds } from '../problems/problem.js';
import { parseTimeoutMs } from './request-timeout.decorator.js';
/** Decides from the head of a write whether it could be answered in time. */
export class HeadAdmission {
}
/**
 * The share of its time that a request may lose to one turn of the event loop: it takes several turns, for its body, the
 * database, the call to the vendor and the answer.
 */
const TURN_SHARE = 0.1;
/** Garbage collection and large batches make such turns without overload. */
const SHORTEST_DELAY_MS = 50;
/** Is replaced by the request's id in a prepared body. */
const ID_PLACE = '#id#';
/** A refusal that is serialized once. */
class PreparedRefusal {
    type;
    status;
    beforeId;
    afterId;
    constructor(type, reason) {
        this.type = type;
        const problem = new Problem(type, { outcome: 'failed', retryable: true, reason });
        const [beforeId = '', afterId = ''] = JSON.stringify(problemBody(problem, ID_PLACE)).split(ID_PLACE);
        this.status = problem.status;
        this.beforeId = beforeId;
        this.afterId = afterId;
    }
    /** Sends it. No error is thrown, because its stack trace would cost more than everything else. */
    send(request, reply, retryAfterMs) {
        request.logContext.facts = { problem: this.type };
        void reply
            .status(this.status)
            .headers(PROBLEM_HEADERS)
            .header('Retry-After', retryAfterSeconds(retryAfterMs))
            // An id needs no escaping: it is generated, or was checked.
            .send(this.beforeId + request.id + this.afterId);
    }
}
const overloaded = new PreparedRefusal('overloaded', 'more requests arrive than can be answered');
const prepared = new Map();
function refusalFor(reason) {
    let refusal = prepared.get(reason);
    if (!refusal) {
        const { type, sentence } = REASONS[reason];
        refusal = new PreparedRefusal(type, sentence);
        prepared.set(reason, refusal);
    }
    return refusal;
}
function headOf(request) {
    const { arrivedAt, headers, server } = request;
    const timeoutMs = parseTimeoutMs(headers['request-timeout'], server.requestDeadlineMs);
    // A request with an unreadable time limit gets its 400 later.
    return timeoutMs === undefined ? undefined : { request, deadlineAt: arrivedAt + timeoutMs };
}
/**
 * Refuses requests that cannot be answered in time, before they are authenticated and before their bodies are read: all
 * but those for health while the event loop is late, and writes to the default route that would wait too long.
 */
export function shedLoad(server, loop, admission) {
    server.addHook('onRequest', (request, reply, done) => {
        const head = request.url.startsWith('/health/') ? undefined : headOf(request);
        if (!head)
            return done();
        const delayMs = loop.sustainedMs();
        if (delayMs > Math.max(SHORTEST_DELAY_MS, (head.deadlineAt - request.arrivedAt) * TURN_SHARE)) {
            return overloaded.send(request, reply, delayMs);
        }
        const refusal = admission.refusalOfStranger(head);
        if (!refusal)
            return done();
        refusalFor(refusal.reason).send(request, reply, refusal.retryAfterMs);
    });
}
/**
 * Refuses the writes to other routes that would wait too long, before their bodies are read. Call it after callers are
 * authenticated: how busy a route is is no concern of strangers.
 */
export function shedLoadOfRoutes(app) {
    const server = app.getHttpAdapter().getInstance();
    const admission = app.get(HeadAdmission);
    server.addHook('onRequest', (request, reply, done) => {
        const head = headOf(request);
        const refusal = head && admission.refusalOfCaller(head);
        if (!refusal)
            return done();
        refusalFor(refusal.reason).send(request, reply, refusal.retryAfterMs);
    });
}
//# sourceMappingURL=load-shedding.js.map