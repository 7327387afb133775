import type { IncomingHttpHeaders } from 'node:http';
import type { CallKind } from './faults.ts';
import type { JournalEntry } from './journal.ts';
import { refusalBody } from './issues.ts';
import type { Refusal } from './issues.ts';
import type { Credentials, SandboxState } from './state.ts';

/** One call of the vendor's API, with its body read. */
export interface VendorCall {
  id: string;
  kind: CallKind;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** The parsed body, or undefined if it is not JSON. */
  body: unknown;
  state: SandboxState;
  credentials: Credentials;
  entry: JournalEntry;
}

export interface Answer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

/** A call that is checked and open. After the latency, `finish` does its work and returns the answer. */
export interface OpenedCall {
  accepted: boolean;
  finish: () => Answer;
}

export function refuse({ status, issue }: Refusal): OpenedCall {
  return { accepted: false, finish: () => ({ status, body: refusalBody(issue) }) };
}
