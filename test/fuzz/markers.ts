import { createHash } from 'node:crypto';

/** Texts that occur in every personal value and every hostile text of a run, and nowhere else: each trace is a leak. */
export interface Markers {
  /** Letters and digits, for names, addresses and texts. */
  readonly word: string;
  /** Ten digits that every mobile begins with: numbers of Germany have any length. */
  readonly digits: string;
}

export function markersOf(seed: number): Markers {
  const hash = createHash('sha256').update(`markers of ${seed}`).digest();
  const digits = (hash.readBigUInt64BE() % 100_000_000n).toString().padStart(8, '0');
  return { word: `Fz${hash.toString('hex', 8, 14)}`, digits: `49${digits}` };
}

/** Checks whether the text contains anything personal or hostile that a request sent. */
export function quotesRequest(text: string, { word, digits }: Markers): boolean {
  return text.toLowerCase().includes(word.toLowerCase()) || text.includes(digits);
}
