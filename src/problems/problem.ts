import type { FastifyReply } from 'fastify';
import { PROBLEM_PAGES, type ProblemType } from './problem-catalog.js';

/** Of every problem, wherever it is answered. */
export const PROBLEM_HEADERS = {
  'Content-Type': 'application/problem+json',
  'Cache-Control': 'no-store',
} as const;

/** One mistake in a request: where, and what. Exactly one of `pointer`, `parameter` and `header` stands. */
export interface Mistake {
  /** JSON Pointer (RFC 6901) into the body; '' is the whole body. */
  readonly pointer?: string;
  /** Name of a query parameter. */
  readonly parameter?: string;
  readonly header?: string;
  readonly message: string;
}

/** What a problem carries beyond RFC 9457's own members. */
export interface ProblemExtensions {
  readonly errors?: readonly object[];
  readonly code?: number;
  readonly outcome?: string;
  readonly retryable?: boolean;
  readonly reason?: string;
  readonly applied?: string;
  readonly pointsCredited?: string;
  readonly creditId?: string;
  readonly updateId?: string;
  readonly pointsLeft?: number;
  readonly dayEndsAt?: string;
  readonly attempts?: number;
  readonly upstreamRequestId?: string;
}

/** The body of every failure: RFC 9457, `application/problem+json`. */
export interface Problem extends ProblemExtensions {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly requestId: string;
}

/** Ends a request with a problem. */
export class ProblemException extends Error {
  override readonly name = 'ProblemException';

  constructor(
    readonly type: ProblemType,
    readonly detail: string,
    readonly extensions: ProblemExtensions = {},
    readonly headers: Readonly<Record<string, string>> = {},
    /** Where the vendor's code calls for another status than the page's. */
    readonly status: number = PROBLEM_PAGES[type].status,
  ) {
    super(detail);
  }
}

/** Where the page of a type is served; relative, so that it holds behind any proxy. */
export function problemPath(type: ProblemType): string {
  return `/problems/${type}`;
}

export function problemBody(exception: ProblemException, requestId: string): Problem {
  return {
    type: problemPath(exception.type),
    title: PROBLEM_PAGES[exception.type].title,
    status: exception.status,
    detail: exception.detail,
    requestId,
    ...exception.extensions,
  };
}

export function sendProblem(reply: FastifyReply, exception: ProblemException, requestId: string): void {
  void reply
    .status(exception.status)
    .headers({ ...exception.headers, ...PROBLEM_HEADERS })
    .send(problemBody(exception, requestId));
}

/** A request for what its principal is not allowed; `errors` says all of it at once. */
export function outOfBounds(mistakes: readonly Mistake[]): ProblemException {
  return new ProblemException('out-of-bounds', PROBLEM_PAGES['out-of-bounds'].explanation, {
    errors: mistakes,
  });
}

/** A request that breaks rules; `errors` says every mistake at once. */
export function invalidRequest(mistakes: readonly Mistake[]): ProblemException {
  return new ProblemException('invalid-request', `The request has ${mistakes.length} mistake(s).`, {
    errors: mistakes,
  });
}
