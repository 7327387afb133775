import type { CallKind, FaultKind, Match } from './faults.ts';

/** What a kind needs besides its name, and what it has a default for. The other kinds need nothing. */
interface Details {
  latency: { ms: number };
  status: {
    status: number;
    body?: unknown;
    contentType?: string | null;
    headers?: Record<string, string>;
  };
  'vendor-error': { status: number; code: number; message: string };
  html: { status?: number };
  poison: { match: Match; status?: number; code?: number };
  'item-error': { match: Match; code: number; message: string };
  'item-warning': { code: number; message: string };
  'drop-results': { count?: number };
  'extra-results': { count?: number };
  drip: { bytesPerSecond: number };
  oversize: { bytes: number };
}

interface Common {
  /** `bulk` by default. */
  on?: CallKind;
  /** To how many calls it applies: 1 by default, -1 until it is removed. */
  times?: number;
  /** Applies only to calls with this identifier. */
  match?: Match;
}

type InputOf<K extends FaultKind> = { kind: K } & Common & (K extends keyof Details ? Details[K] : unknown);

/** A fault to switch on, as the admin API reads it; README.md explains the kinds. */
export type FaultInput = { [K in FaultKind]: InputOf<K> }[FaultKind];
