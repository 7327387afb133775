import { PROBLEM_HEADERS, problemBody } from '../../problems/problem.js';
/** An answer that is not a problem, as it is about to be sent. */
export function answerOf(status, body, headers = {}) {
    return {
        status,
        headers: { ...headers, 'Content-Type': 'application/json; charset=utf-8' },
        body: JSON.stringify(body),
    };
}
/** A problem as the filter sends it. A replay keeps the id of the first request, which leads to its log events. */
export function answerOfProblem(problem, requestId) {
    return {
        status: problem.status,
        headers: { ...problem.headers, ...PROBLEM_HEADERS },
        body: JSON.stringify(problemBody(problem, requestId)),
    };
}
/** Whether a problem settles the update for good and is the answer; otherwise the key may try again. */
export function isFinal({ extensions: { outcome } }) {
    return outcome === 'rejected' || outcome === 'unknown';
}
/** @returns what to send as the body */
export function send(reply, { status, headers, body }) {
    reply.status(status).headers(headers);
    return body;
}
/** @returns what to send as the body */
export function replay(reply, answer) {
    reply.header('Idempotency-Replayed', 'true');
    return send(reply, answer);
}
//# sourceMappingURL=stored-answer.js.map