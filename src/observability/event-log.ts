import { Injectable } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';

/**
 * All that an event may tell. Whatever is not listed here cannot be logged, which is what keeps names, numbers,
 * addresses and tokens out: there is no field to put them in.
 */
export interface Facts {
  readonly upstreamRequestId?: string | undefined;
  readonly source?: string;
  readonly callId?: string;
  readonly attempt?: number;
  readonly status?: number | undefined;
  /** The vendor's codes. */
  readonly codes?: readonly number[];
  /** Why, in a fixed word of ours. */
  readonly because?: string;
  readonly updateId?: string | undefined;
  readonly creditId?: string;
  readonly itemCount?: number;
  /** Hashes of identifiers, ten at most. */
  readonly customers?: readonly string[];
  readonly keyCount?: number;
  /** Names of keys of DATA_KEYS, which tell nothing of the keys. */
  readonly keyIds?: readonly string[];
  /** What is wrong with a file of the operator's, in sentences of ours that quote nothing of it. */
  readonly mistakes?: readonly string[];
  readonly importId?: string;
  readonly erasureId?: string;
  readonly callsPerMinute?: number;
  /** Most updates that a call may carry. */
  readonly batchSize?: number;
  readonly updated?: number;
  readonly rejected?: number;
  readonly failed?: number;
  readonly unknown?: number;
  readonly mistakeCount?: number;
  readonly bodyBytes?: number;
  readonly durationMs?: number;
  readonly waitMs?: number;
  readonly ttlMs?: number;
  /** Where the database is: a server, or embedded. */
  readonly driver?: string;
  readonly version?: string;
  /** Names of steps of the schema. */
  readonly migrations?: readonly string[];
  readonly problem?: string;
  readonly url?: string;
}

const FACTS = {
  upstreamRequestId: true,
  source: true,
  callId: true,
  attempt: true,
  status: true,
  codes: true,
  because: true,
  updateId: true,
  creditId: true,
  itemCount: true,
  customers: true,
  keyCount: true,
  mistakes: true,
  importId: true,
  keyIds: true,
  erasureId: true,
  callsPerMinute: true,
  batchSize: true,
  updated: true,
  rejected: true,
  failed: true,
  unknown: true,
  mistakeCount: true,
  bodyBytes: true,
  durationMs: true,
  waitMs: true,
  ttlMs: true,
  driver: true,
  version: true,
  migrations: true,
  problem: true,
  url: true,
} satisfies Record<keyof Facts, true>;

/** What stands on a line beside facts: whose it is, a fault, and what the lines of requests and of the framework have. */
const OTHERS = ['event', 'fault', 'err', 'context', 'method', 'endpoint', 'requestId', 'principal'];

/** All that may be a key of a line in the log, pino's own aside. */
export const LOGGED_KEYS: ReadonlySet<string> = new Set([...Object.keys(FACTS), ...OTHERS]);

export type Level = 'debug' | 'info' | 'warn' | 'error';

/** Writes one structured line per fact, named `subject.happened`; within a request it carries the request's id. */
@Injectable()
export class EventLog {
  constructor(private readonly pino: PinoLogger) {}

  write(level: Level, event: string, facts: Facts = {}): void {
    this.pino[level]({ event, ...facts });
  }

  /** Puts the name of who is calling on every other line of the request. */
  identify(principal: string): void {
    this.pino.assign({ principal });
  }

  /** A fault that nobody planned: kind and place, not the message, which may quote what the caller sent. */
  fault(event: string, error: unknown, facts: Facts = {}): void {
    this.pino.error({ event, ...facts, fault: describeFault(error) });
  }
}

/** A line of a stack that names a place; a line of the message is none, whatever it begins with. */
const FRAME = /^ {4}at .*(?::\d+:\d+|<anonymous>)\)?$/;

/** Kind and places of a fault, without its message, which stands at the beginning of its stack. */
export function describeFault(error: unknown): { kind: string; code?: string; at: string[] } {
  if (!(error instanceof Error)) return { kind: typeof error, at: [] };
  const { stack = '', message } = error;
  const frames = stack.slice(Math.max(0, stack.indexOf(message)) + message.length);
  const at = frames.split('\n').filter((line) => FRAME.test(line));
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  return { kind: error.name, ...code, at: at.slice(0, 12).map((line) => line.trim()) };
}
