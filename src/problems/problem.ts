import type { FastifyReply } from 'fastify';
import type { MistakeCode, MistakeParams } from './mistake-codes.js';
import { PROBLEM_PAGES, type ProblemType } from './problem-catalog.js';

/** The headers of every response with a problem. */
export const PROBLEM_HEADERS = {
  'Content-Type': 'application/problem+json',
  'Cache-Control': 'no-store',
} as const;

/** What is wrong with a value, for programs and for people. */
export interface ValueMistake {
  readonly code: MistakeCode;
  /** The parameters of the code, such as `{ max: 100 }`. */
  readonly params?: MistakeParams;
  /** A sentence without its subject, and without the value. */
  readonly message: string;
}

/** One mistake in a request, and where it is. Exactly one of `pointer`, `parameter` and `header` is set. */
export interface Mistake extends ValueMistake {
  /** JSON Pointer (RFC 6901) into the body; '' is the whole body. */
  readonly pointer?: string;
  /** Name of a query parameter. */
  readonly parameter?: string;
  readonly header?: string;
  /** The line of an import, beside `pointer`. */
  readonly line?: number;
  /** The column of a CSV as its header spells it, beside `pointer`. */
  readonly column?: string;
  /** What was found in place of a valid value, without the value. */
  readonly found?: string;
}

/** The members of a problem that RFC 9457 does not define. */
export interface ProblemExtensions {
  readonly errors?: readonly object[];
  readonly columns?: readonly string[];
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
  readonly retriedBy?: string;
}

/** The body of every failure: RFC 9457, `application/problem+json`. */
export interface ProblemBody extends ProblemExtensions {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly requestId: string;
}

/** The details of a problem besides its type. */
export interface ProblemOptions extends ProblemExtensions {
  /** Defaults to the explanation of the catalog. */
  readonly detail?: string;
  /** Overrides the status of the catalog. */
  readonly status?: number;
  /** Sets `Retry-After`, in whole seconds and at least 1. */
  readonly retryAfterMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Ends a request with a problem. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly detail: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly extensions: ProblemExtensions;

  constructor(
    readonly type: ProblemType,
    options: ProblemOptions = {},
  ) {
    const page = PROBLEM_PAGES[type];
    const { detail = page.explanation, status = page.status, retryAfterMs, headers, ...extensions } = options;
    const { stackTraceLimit } = Error;
    // Its stack is never read, and would be the most expensive part of a refusal.
    Error.stackTraceLimit = 0;
    super(detail);
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

export function retryAfterSeconds(retryAfterMs: number): string {
  return String(Math.max(1, Math.ceil(retryAfterMs / 1000)));
}

/** Returns the path of the page of a type; it is relative, so that it works behind any proxy. */
export function problemPath(type: ProblemType): string {
  return `/problems/${type}`;
}

export function problemBody(problem: Problem, requestId: string): ProblemBody {
  return {
    type: problemPath(problem.type),
    title: PROBLEM_PAGES[problem.type].title,
    status: problem.status,
    detail: problem.detail,
    requestId,
    ...problem.extensions,
  };
}

export function sendProblem(reply: FastifyReply, problem: Problem, requestId: string): void {
  void reply
    .status(problem.status)
    .headers({ ...problem.headers, ...PROBLEM_HEADERS })
    .send(problemBody(problem, requestId));
}

/** Creates the problem of a request that is outside its caller's bounds; `errors` lists every value outside. */
export function outOfBounds(mistakes: readonly Mistake[]): Problem {
  return new Problem('out-of-bounds', { errors: mistakes });
}

/** Creates the problem of an invalid request; `errors` lists every mistake. */
export function invalidRequest(mistakes: readonly Mistake[]): Problem {
  const detail = `The request has ${mistakes.length} mistake(s).`;
  return new Problem('invalid-request', { detail, errors: mistakes });
}
