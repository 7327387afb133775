import { Injectable } from '@nestjs/common';

/** How many minutes count, and so how many are kept. */
const MINUTES = 5;
const MINUTE_MS = 60_000;

/** Fewer minutes count for who is busy now: a flood that has just begun outweighs the calm time before it. */
const BUSIEST_MINUTES = 2;

/** How one caller's requests ended. */
export interface CallerFigures {
  readonly principal: string;
  readonly requests: number;
  /** Answered with 429. */
  readonly limited: number;
  /** Answered with another status from 400 to 499. */
  readonly refused: number;
  /** Answered with a status from 500. */
  readonly failed: number;
}

/** Who sends most of the requests. */
export interface BusiestCaller {
  readonly principal: string;
  readonly requests: number;
  /** The requests of all callers in the same time. */
  readonly ofAll: number;
}

type Counts = { -readonly [Name in Exclude<keyof CallerFigures, 'principal'>]: number };

const NONE: Readonly<Counts> = { requests: 0, limited: 0, refused: 0, failed: 0 };

interface Minute {
  readonly number: number;
  readonly countsOf: Map<string, Counts>;
}

/** Counts how the requests of each caller ended in the last minutes. Its callers pass a bounded number of names. */
@Injectable()
export class RecentCallers {
  /** The latest first. */
  private minutes: Minute[] = [];

  /** @param principal a label of `PrincipalLabels` */
  note(principal: string, status: number, nowMs = performance.now()): void {
    const { countsOf } = this.minuteOf(nowMs);
    let counts = countsOf.get(principal);
    if (!counts) countsOf.set(principal, (counts = { ...NONE }));
    counts.requests += 1;
    if (status === 429) counts.limited += 1;
    else if (status >= 500) counts.failed += 1;
    else if (status >= 400) counts.refused += 1;
  }

  /** Lists all callers of the last five minutes, those with the most requests that were not served first. */
  list(nowMs = performance.now()): CallerFigures[] {
    const first = Math.floor(nowMs / MINUTE_MS) - MINUTES;
    const totals = new Map<string, Counts>();
    for (const { number, countsOf } of this.minutes) {
      if (number <= first) continue;
      for (const [principal, counts] of countsOf) totals.set(principal, add(totals.get(principal), counts));
    }
    return [...totals]
      .map(([principal, counts]) => ({ principal, ...counts }))
      .toSorted((one, other) => unserved(other) - unserved(one) || other.requests - one.requests);
  }

  /** Finds the caller with the most requests in the last one to two minutes, with the requests of all callers then. */
  busiest(nowMs = performance.now()): BusiestCaller | undefined {
    const first = Math.floor(nowMs / MINUTE_MS) - BUSIEST_MINUTES;
    const totals = new Map<string, number>();
    for (const { number, countsOf } of this.minutes) {
      if (number <= first) continue;
      for (const [principal, { requests }] of countsOf)
        totals.set(principal, (totals.get(principal) ?? 0) + requests);
    }
    const [most] = [...totals].toSorted(([, one], [, other]) => other - one);
    if (!most) return undefined;
    const [principal, requests] = most;
    return { principal, requests, ofAll: [...totals.values()].reduce((sum, count) => sum + count, 0) };
  }

  private minuteOf(nowMs: number): Minute {
    const number = Math.floor(nowMs / MINUTE_MS);
    const [latest] = this.minutes;
    if (latest?.number === number) return latest;
    const begun = { number, countsOf: new Map<string, Counts>() };
    this.minutes = [begun, ...this.minutes].slice(0, MINUTES);
    return begun;
  }
}

function add(one: Readonly<Counts> = NONE, other: Readonly<Counts>): Counts {
  return {
    requests: one.requests + other.requests,
    limited: one.limited + other.limited,
    refused: one.refused + other.refused,
    failed: one.failed + other.failed,
  };
}

function unserved({ limited, refused, failed }: CallerFigures): number {
  return limited + refused + failed;
}
