import type { FastifyReply } from 'fastify';
import { PROBLEM_HEADERS, type Problem, problemBody } from '../../problems/problem.js';
import type { StoredAnswer } from '../../records/idempotency-record.js';

/** An answer that is not a problem, as it is about to be sent. */
export function answerOf(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): StoredAnswer {
  return {
    status,
    headers: { ...headers, 'Content-Type': 'application/json; charset=utf-8' },
    body: JSON.stringify(body),
  };
}

/** A problem as the filter sends it. A replay keeps the id of the first request, which leads to its log events. */
export function answerOfProblem(problem: Problem, requestId: string): StoredAnswer {
  return {
    status: problem.status,
    headers: { ...problem.headers, ...PROBLEM_HEADERS },
    body: JSON.stringify(problemBody(problem, requestId)),
  };
}

/** Whether a problem settles the update for good and is the answer; otherwise the key may try again. */
export function isFinal({ extensions: { outcome } }: Problem): boolean {
  return outcome === 'rejected' || outcome === 'unknown';
}

/** @returns what to send as the body */
export function send(reply: FastifyReply, { status, headers, body }: StoredAnswer): string {
  reply.status(status).headers(headers);
  return body;
}

/** @returns what to send as the body */
export function replay(reply: FastifyReply, answer: StoredAnswer): string {
  reply.header('Idempotency-Replayed', 'true');
  return send(reply, answer);
}
