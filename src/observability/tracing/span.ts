import { AsyncLocalStorage } from 'node:async_hooks';
import type { SpanFacts } from './attributes.js';
import type { CallerSpan } from './traceparent.js';

const HTTP_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
type HttpMethod = (typeof HTTP_METHODS)[number];

/** The names of spans: fixed words, and a method with the template of a path. */
export type SpanName =
  | 'idempotency'
  | 'prepare'
  | 'keep answer'
  | 'update'
  | 'wait'
  | 'bulk call'
  | 'preflight'
  | 'import chunk'
  | `${HttpMethod | 'HTTP'}${'' | ` /${string}`}`;

export interface SpanOptions {
  /** Defaults to `internal`. */
  readonly kind?: 'server' | 'client';
  /** On the scale of `performance.now()`; now by default. */
  readonly startedAt?: number;
  readonly facts?: SpanFacts;
  /** Spans of other traces, or of other branches, that it works for. */
  readonly links?: readonly TraceSpan[];
}

export interface SpanEnd {
  readonly facts?: SpanFacts;
  readonly isError?: boolean;
  /** On the scale of `performance.now()`; now by default. */
  readonly at?: number;
}

/** A span that is recorded and will be exported. Where nothing is recorded there is none, so that it costs nothing. */
export interface TraceSpan {
  readonly traceId: string;
  /** The header by which a receiver continues the trace. */
  readonly traceparent: string;
  startChild(name: SpanName, options?: SpanOptions): TraceSpan;
  set(facts: SpanFacts): void;
  /** @param at on the scale of `performance.now()` */
  addEvent(name: string, facts: SpanFacts, at: number): void;
  linkTo(other: TraceSpan): void;
  end(end?: SpanEnd): void;
}

/** What makes spans that begin here, or continue the trace of a caller. */
export interface SpanSource {
  /** @returns undefined when it is not to be recorded */
  start(
    name: SpanName,
    options: SpanOptions,
    caller?: CallerSpan,
    tracestate?: string,
  ): TraceSpan | undefined;
  /** Exports what has ended. */
  stop(): Promise<void>;
}

/** The span that the running code works for; none where nothing is recorded. */
const activeSpan = new AsyncLocalStorage<TraceSpan>();

export function currentSpan(): TraceSpan | undefined {
  return activeSpan.getStore();
}

/** Runs work for a span, if there is one. */
export function runForSpan<T>(span: TraceSpan | undefined, work: () => T): T {
  return span === undefined ? work() : activeSpan.run(span, work);
}

/** Runs work as a child span of the current one, if there is one. The span ends with the work. */
export function inSpan<T>(name: SpanName, work: () => T): T {
  const parent = activeSpan.getStore();
  if (parent === undefined) return work();
  const span = parent.startChild(name);
  let isPending = false;
  try {
    const result = activeSpan.run(span, work);
    if (!(result instanceof Promise)) return result;
    isPending = true;
    return result.finally(() => span.end()) as T;
  } finally {
    if (!isPending) span.end();
  }
}

/** Names a span of HTTP: a method that no endpoint of ours has could be any text. */
export function httpSpanName(method: string, path: string | undefined): SpanName {
  const known = HTTP_METHODS.find((one) => one === method) ?? 'HTTP';
  return path === undefined ? known : `${known} /${path.replace(/^\//, '')}`;
}
