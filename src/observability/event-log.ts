import type { Logger } from 'pino';
import type { Facts } from './facts.js';
import type { FactCounts } from './metrics/count-facts.js';
import { type RequestContext, requestContext } from './request-context.js';

export type Level = 'debug' | 'info' | 'warn' | 'error';

/** The fields of an access event. */
export interface AccessFacts {
  readonly event: 'request.completed' | 'request.aborted';
  readonly method: string;
  /** The path of the endpoint, as `/v1/imports/:id`. */
  readonly endpoint: string;
  readonly status: number;
  /** With fractions, which the log does not show. */
  readonly durationMs: number;
}

/**
 * Writes one structured line per fact, named `subject.happened`; within a request it carries the request's id. Each fact
 * is also counted, whatever the level of the log.
 */
export class EventLog {
  constructor(
    private readonly pino: Logger,
    private readonly counts: Pick<FactCounts, 'count' | 'countFault' | 'countRequest'>,
  ) {}

  write(level: Level, event: string, facts: Facts = {}): void {
    this.counts.count(event, facts);
    this.pino[level]({ event, ...facts });
  }

  /** Writes the access event of a request, from wherever its response ended. */
  access(context: RequestContext, facts: AccessFacts): void {
    context.isOver = true;
    this.counts.countRequest(context, facts);
    const durationMs = Math.round(facts.durationMs);
    requestContext.run(context, () => this.pino.info({ ...context.facts, ...facts, durationMs }, 'request'));
  }

  /**
   * Adds facts to the access event of the request. Without one to come, in background work or after the caller left, they
   * are an event of their own.
   */
  conclude(event: string, facts: Facts): void {
    const context = requestContext.getStore();
    if (context) context.facts = { ...context.facts, ...facts };
    if (!context || context.isOver) this.write('info', event, facts);
    else this.counts.count(event, facts);
  }

  /** Adds the name of the principal to every later line of the request. */
  identify(principal: string): void {
    const context = requestContext.getStore();
    if (context === undefined) throw new Error('only a request has a principal');
    context.principal = principal;
  }

  /** Logs an unexpected error: its kind and places, and not its message, which may quote data of the caller. */
  fault(event: string, error: unknown, facts: Facts = {}): void {
    this.counts.countFault(event);
    this.pino.error({ event, ...facts, fault: describeFault(error) });
  }
}

/** Matches a stack line that names a place. */
const FRAME = /^ {4}at .*(?::\d+:\d+|<anonymous>)\)?$/;

/** Returns the kind and the places of an error, without its message, which its stack starts with. */
export function describeFault(error: unknown): { kind: string; code?: string; at: string[] } {
  if (!(error instanceof Error)) return { kind: typeof error, at: [] };
  const { stack = '', message } = error;
  const frames = stack.slice(Math.max(0, stack.indexOf(message)) + message.length);
  const at = frames.split('\n').filter((line) => FRAME.test(line));
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  return { kind: error.name, ...code, at: at.slice(0, 12).map((line) => line.trim()) };
}
