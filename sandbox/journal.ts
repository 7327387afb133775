import type { CallKind, FaultKind } from './faults.ts';

/** The till or store that a call is posted for, docs/vendor-contract.md section 1. */
export interface Attribution {
  entityType: string | null;
  entityCode: string | null;
}

/** The record of one vendor call. It never holds a token, a password or a secret. */
export interface JournalEntry {
  /** Counts the calls of the journal; pages continue after it. */
  seq: number;
  /** Also the X-CAP-REQUEST-ID of the answer. */
  id: string;
  kind: CallKind;
  method: string;
  path: string;
  query: Record<string, string>;
  attribution: Attribution;
  userAgent: string | null;
  traceparent: string | null;
  requestId: string | null;
  authScheme: 'oauth' | 'basic' | 'other' | 'none';
  itemCount: number | null;
  bodyBytes: number;
  openedAt: number;
  closedAt: number | null;
  answeredStatus: number | null;
  /** Indexes of the items that were applied. */
  applied: number[];
  faults: FaultKind[];
}

/** Beyond this the oldest bodies are dropped, or a long load test would use all memory. */
const keptBodyBytesOfDefault = 256 * 1024 * 1024;

/** Beyond this the oldest calls are dropped, some at a time, because dropping one moves all others. */
export const mostCalls = 200_000;
const droppedAtOnce = 10_000;

export class Journal {
  #entries: JournalEntry[] = [];
  #bodyTexts = new Map<JournalEntry, string>();
  #bodyBytes = 0;
  #lastSeq = 0;
  #isComplete = true;
  readonly #keptBodyBytes: number;

  constructor(keptBodyBytes: number = keptBodyBytesOfDefault) {
    this.#keptBodyBytes = keptBodyBytes;
  }

  get length(): number {
    return this.#entries.length;
  }

  get openCalls(): number {
    return this.#entries.filter(({ closedAt }) => closedAt === null).length;
  }

  get entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  /** Whether no call and no body was dropped since the journal was last cleared. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  open(written: Omit<JournalEntry, 'seq'>): JournalEntry {
    const entry = { seq: ++this.#lastSeq, ...written };
    this.#entries.push(entry);
    if (this.#entries.length >= mostCalls + droppedAtOnce) this.#dropOldest();
    return entry;
  }

  /** Adds what an earlier process recorded. */
  restore(entry: JournalEntry, bodyText: string | undefined): void {
    this.#entries.push(entry);
    this.#lastSeq = Math.max(this.#lastSeq, entry.seq);
    if (bodyText !== undefined) this.keepBody(entry, bodyText);
  }

  markIncomplete(): void {
    this.#isComplete = false;
  }

  /** Keeps the body as the JSON text that was received: serializing it again could fail on its depth, or round its numbers. */
  keepBody(entry: JournalEntry, jsonText: string): void {
    this.#bodyTexts.set(entry, jsonText);
    this.#bodyBytes += jsonText.length;
    for (const oldest of this.#bodyTexts.keys()) {
      if (this.#bodyBytes <= this.#keptBodyBytes) break;
      this.#dropBody(oldest);
      this.#isComplete = false;
    }
  }

  bodyText(entry: JournalEntry): string | undefined {
    return this.#bodyTexts.get(entry);
  }

  clear(): void {
    this.#entries = [];
    this.#bodyTexts = new Map();
    this.#bodyBytes = 0;
    this.#isComplete = true;
  }

  /** Writes calls as a JSON array with one line for each, and the bodies as they were received. */
  toJson(entries: readonly JournalEntry[]): string {
    return `[${entries.map((entry) => this.#lineOf(entry)).join(',\n')}]`;
  }

  #lineOf(entry: JournalEntry): string {
    const body = this.#bodyTexts.get(entry);
    const json = JSON.stringify(entry);
    return body === undefined ? json : `${json.slice(0, -1)},"body":${body}}`;
  }

  #dropOldest(): void {
    for (const entry of this.#entries.splice(0, this.#entries.length - mostCalls)) this.#dropBody(entry);
    this.#isComplete = false;
  }

  #dropBody(entry: JournalEntry): void {
    this.#bodyBytes -= this.#bodyTexts.get(entry)?.length ?? 0;
    this.#bodyTexts.delete(entry);
  }
}
