/** Whose keys, and for what: a key means nothing beyond it. */
export interface KeySpace {
  readonly principal: string;
  readonly endpoint: string;
}

export interface RecordKey extends KeySpace {
  readonly key: string;
}

/** Where the body of an answer is sealed. */
export function answerPlace({ principal, endpoint, key }: RecordKey): string {
  return `idempotency_records:${JSON.stringify([principal, endpoint, key])}`;
}

export interface Reservation {
  /** Of all that is known of the request: the same key with another one is a conflict. */
  readonly fingerprint: Buffer;
  readonly leaseMs: number;
  /** Under which the points of its updates are noted; none where it credits none. They follow from the key. */
  readonly creditIds: readonly string[];
}

export interface KeyedReservation extends Omit<Reservation, 'leaseMs'> {
  readonly key: string;
}

export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
  /** SHA-256 of the body that earned it, where that was not known when the key was reserved. */
  readonly bodyDigest?: Buffer;
}

/** The right to do the work under a key. */
export interface HeldKey {
  readonly record: RecordKey;
  readonly leaseToken: string;
}

export type Reserved =
  /** The caller does the work, or what is left of it after the earlier answer, and ends it with `finish` or `release`. */
  | (HeldKey & {
      readonly kind: 'reserved';
      /** Whether somebody had it before, and may have credited points: whoever goes on asks for its credits first. */
      readonly isTakenOver: boolean;
      readonly earlier?: string;
    })
  /** Somebody else is at it. */
  | { readonly kind: 'running'; readonly retryAfterMs: number }
  /** It has been done, and this was the answer. */
  | { readonly kind: 'replay'; readonly answer: StoredAnswer }
  /** The key was used for something else. */
  | { readonly kind: 'conflict' };
