/** The scope of a key: the same key of another principal or endpoint is a different one. */
export interface KeySpace {
  readonly principal: string;
  readonly endpoint: string;
}

export interface RecordKey extends KeySpace {
  readonly key: string;
}

/** The encryption context of an answer's body. */
export function answerContext({ principal, endpoint, key }: RecordKey): string {
  return `idempotency_records:${JSON.stringify([principal, endpoint, key])}`;
}

export interface Reservation {
  /** A hash of the request: reusing the key with another fingerprint is a conflict. */
  readonly fingerprint: Buffer;
  readonly leaseMs: number;
  /** The ids under which the credits of its updates are recorded, derived from the key; empty if it credits no points. */
  readonly creditIds: readonly string[];
  /**
   * Which lease of the key is not taken over, even if its time has passed: the one that this process still holds, or all
   * of them. By default none is protected.
   */
  readonly protectedLease?: ProtectedLease;
}

export type ProtectedLease = 'any' | { readonly token: string };

export interface KeyedReservation extends Omit<Reservation, 'leaseMs'> {
  readonly key: string;
}

export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
  /** SHA-256 of the request's body, if that was not known when the key was reserved. */
  readonly bodyDigest?: Buffer;
}

/** A reserved key: the caller may do its work. */
export interface HeldKey {
  readonly record: RecordKey;
  readonly leaseToken: string;
}

export type Reserved =
  /** The caller does the work, or the part that the earlier answer left, and then calls `finish` or `release`. */
  | (HeldKey & {
      readonly kind: 'reserved';
      /** Whether another process held the key before, and may have credited points: check its credits first. */
      readonly isTakenOver: boolean;
      readonly earlier?: string;
    })
  /** Another request is doing the work. */
  | { readonly kind: 'running'; readonly retryAfterMs: number }
  /** The work was done before; this is its answer. */
  | { readonly kind: 'replay'; readonly answer: StoredAnswer }
  /** The key was used for another request. */
  | { readonly kind: 'conflict' };
