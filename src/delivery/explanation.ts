import type { Outcome, OutcomeReason } from './outcome.js';
import type { Route, Update } from './update.js';

/** The most steps that are kept of one update: the first and the last ones. */
const MAX_STEPS = 60;

/** One thing that happened to an update, in fixed words and numbers: nothing in it identifies the customer. */
export interface Step {
  /** Milliseconds since it was submitted. */
  readonly afterMs: number;
  readonly event:
    | 'sent'
    | 'answered'
    | 'classified'
    | 'waits-for-retry'
    | 'not-sent-again'
    | 'isolation-begun'
    | 'isolated'
    | 'points-taken-out'
    | 'settled';
  /** The id of the bulk call; the logs carry it too. */
  readonly callId?: string;
  /** Why the update was in that call. */
  readonly purpose?: CallPurpose;
  /** How many updates the call carried. */
  readonly itemCount?: number;
  readonly waitMs?: number;
  readonly durationMs?: number;
  /** How the attempt ended, such as `answered` or `ambiguous: connection-lost`. */
  readonly answer?: string;
  /** The row of the answer rules, or of the code catalog, that decided. */
  readonly decidedBy?: string;
  readonly upstreamRequestId?: string;
  readonly because?: string;
  readonly outcome?: Outcome['outcome'];
  readonly reason?: OutcomeReason;
}

export type CallPurpose = 'first' | 'retry' | 'isolation' | 'without-points';

/** What happened to an update and why, without personal data. */
export interface Explanation {
  readonly id: string;
  readonly submittedAt: Date;
  readonly priority: 'interactive' | 'background';
  /** The principal that submitted it. */
  readonly principal: string | undefined;
  /** The id of its request; absent for a line of an import. */
  readonly requestId?: string | undefined;
  /** The import that has it as a line. */
  readonly importId?: string | undefined;
  readonly lane: Route & { readonly kind: Update['kind'] };
  readonly steps: Step[];
}

/** Adds a step; a long history loses its middle. */
export function addStep({ steps }: Explanation, step: Step): void {
  steps.push(step);
  if (steps.length > MAX_STEPS) steps.splice(MAX_STEPS / 2, 1);
}

/** Returns how the update ended; undefined while it has no outcome. A late answer may follow the outcome. */
export function outcomeOf({ steps }: Explanation): Outcome['outcome'] | undefined {
  return steps.findLast(({ event }) => event === 'settled')?.outcome;
}

/** Whether one of its ids is this one: its own, or that of its request, its import, one of its calls or an answer. */
export function hasId({ id, requestId, importId, steps }: Explanation, wanted: string): boolean {
  return (
    id === wanted ||
    requestId === wanted ||
    importId === wanted ||
    steps.some(({ callId, upstreamRequestId }) => callId === wanted || upstreamRequestId === wanted)
  );
}

/** Keeps the explanations of the latest updates. */
export class Explanations {
  private readonly latest = new Map<string, Explanation>();
  /** Their ids; the slot of the oldest one is overwritten next. */
  private readonly ring: string[] = [];
  private next = 0;

  /** @param capacity how many are kept */
  constructor(private readonly capacity: number) {}

  add(explanation: Explanation): void {
    const oldest = this.ring[this.next];
    if (oldest !== undefined) this.latest.delete(oldest);
    this.ring[this.next] = explanation.id;
    this.next = (this.next + 1) % this.capacity;
    this.latest.set(explanation.id, explanation);
  }

  get(id: string): Explanation | undefined {
    return this.latest.get(id);
  }

  /** Returns those that meet the condition, the latest first. */
  select(isWanted: (explanation: Explanation) => boolean, limit: number): Explanation[] {
    const selected: Explanation[] = [];
    const count = this.ring.length;
    for (let back = 1; back <= count && selected.length < limit; back += 1) {
      const one = this.latest.get(this.ring[(this.next - back + count) % count] ?? '');
      if (one && isWanted(one)) selected.push(one);
    }
    return selected;
  }
}
