import type { Attribution } from './attribution.ts';
import type { CallKind, FaultKind } from './faults.ts';

/** The record of one vendor call. It never holds a token, a password or a secret. */
export interface JournalEntry {
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
const keptBodyBytes = 256 * 1024 * 1024;

export class Journal {
  readonly #entries: JournalEntry[] = [];
  #bodyTexts = new Map<JournalEntry, string>();
  #bodyBytes = 0;

  get length(): number {
    return this.#entries.length;
  }

  get openCalls(): number {
    return this.#entries.filter(({ closedAt }) => closedAt === null).length;
  }

  open(entry: JournalEntry): void {
    this.#entries.push(entry);
  }

  /** Keeps the body as the JSON text that was received: serializing it again could fail on its depth, or round its numbers. */
  keepBody(entry: JournalEntry, jsonText: string): void {
    this.#bodyTexts.set(entry, jsonText);
    this.#bodyBytes += jsonText.length;
    for (const [oldest, oldText] of this.#bodyTexts) {
      if (this.#bodyBytes <= keptBodyBytes) break;
      this.#bodyTexts.delete(oldest);
      this.#bodyBytes -= oldText.length;
    }
  }

  clear(): void {
    this.#entries.length = 0;
    this.#bodyTexts = new Map();
    this.#bodyBytes = 0;
  }

  toJson(): string {
    const lines = this.#entries.map((entry) => {
      const body = this.#bodyTexts.get(entry);
      const json = JSON.stringify(entry);
      return body === undefined ? json : `${json.slice(0, -1)},"body":${body}}`;
    });
    return `[${lines.join(',\n')}]`;
  }
}
