import type { BulkClient } from '../../src/upstream/bulk.client.js';
import type { MeasuredItem } from '../../src/upstream/bulk-request.js';
import type { CallResult, ItemResult, VendorMessage } from '../../src/upstream/call-result.js';
import { classifyAnswer } from '../../src/upstream/classify-answer.js';
import { lookUpCode } from '../../src/upstream/code-catalog.js';
import type { SimulatedClock } from './simulated-clock.js';

/** How one call fails; `none` when it does not. */
export const FAULTS = [
  'none',
  'connection-refused',
  'lost-before',
  'lost-after',
  'lost-half',
  'hangs',
  'rate-limited',
  'rate-limited-for-a-while',
  'busy-vendor',
  'busy-customer',
  'web-server-down',
  'gateway-error',
  'redirect-after',
  'redirect-before',
  'stopped-on-the-way',
  'access-denied',
  'short-answer',
  'shuffled-answer',
  'strangers',
  'nameless-answer',
  'twice-the-first',
  'items-busy',
  'items-failed',
  'points-warned',
  'points-in-doubt',
  'slow',
] as const;
export type Fault = (typeof FAULTS)[number];

/** What the model knows of an update. */
export interface Subject {
  readonly tag: string;
  readonly owned: readonly string[];
  readonly named: readonly string[];
  readonly points: number;
  /**
   * `rejected`: the vendor refuses this item. `poison`: it refuses every call with this item in it; `heavy`: it refuses such
   * a call with a bare 413.
   */
  readonly nature: 'good' | 'rejected' | 'poison' | 'named-poison' | 'heavy';
  readonly submittedAs: number;
  readonly deadlineAt: number;
  readonly gone: AbortSignal;
  isSettled: boolean;
}

export interface SeenCall {
  readonly sentAt: number;
  /** When the vendor counts it. */
  readonly arrivedAt: number;
  readonly tags: readonly string[];
  readonly bodyBytes: number;
}

const HANG_MS = 5000;
const WINDOW_MS = 60_000;

function message(code: number): VendorMessage {
  const { type, status, meaning } = lookUpCode(code);
  return { code, message: meaning, type, status };
}

function tagOf({ item }: MeasuredItem): string {
  return item.profiles[0]?.firstName ?? '';
}

function pointsOf({ item }: MeasuredItem): number {
  return (item.loyaltyProgramEnrollments ?? []).reduce(
    (sum, { loyaltyPoints = 0 }) => sum + loyaltyPoints,
    0,
  );
}

/**
 * A model of the vendor: applies items, credits points as often as they come, fails in every way, and records
 * everything that must never happen.
 */
export class VendorModel implements Pick<BulkClient, 'send' | 'describe'> {
  readonly subjects = new Map<string, Subject>();
  /** How often each update was applied. */
  readonly applied = new Map<string, number>();
  /** How often the points of each update were credited. */
  readonly credited = new Map<string, number>();
  readonly calls: SeenCall[] = [];
  /** Broken promises, in words. */
  readonly broken: string[] = [];
  /** The faults of the next calls. */
  readonly faults: Fault[] = [];
  /** Runs before each call is checked. */
  beforeCall: () => void = () => undefined;
  /** Whether a credit was recorded before it is sent. */
  isNoted: (creditId: string) => boolean = () => true;
  maxBatch = Infinity;
  /** The most bytes of a call, for something in front of the vendor. */
  maxBytes = Infinity;
  /** How it answers every call, if it refuses all of them. */
  refusesAll: { readonly status: number; readonly body: string } | undefined;
  latencyMs = 20;
  looksAtOrder = true;
  /** Whether a busy customer means every customer. */
  isAlwaysBusy = false;
  private readonly openOwned = new Map<string, number>();
  private readonly openNamed = new Map<string, number>();
  private openCalls = 0;

  constructor(
    private readonly clock: SimulatedClock,
    private readonly limits: { readonly calls: number; readonly items: number; readonly concurrency: number },
    private readonly random: () => number,
  ) {}

  describe(): never {
    throw new Error('nothing is described in a simulation');
  }

  async send(_route: unknown, items: readonly MeasuredItem[]): Promise<CallResult> {
    const fault = this.faults.shift() ?? 'none';
    const takesMs = this.timeOf(fault);
    const sentAt = this.clock.now();
    const subjects = items.map((item) => this.subjectOf(tagOf(item)));
    this.calls.push({
      sentAt,
      arrivedAt: sentAt + this.random() * takesMs,
      tags: items.map(tagOf),
      bodyBytes: 1 + items.reduce((sum, { bytes }) => sum + bytes + 1, 0),
    });
    this.beforeCall();
    this.lookAtCall(subjects);
    for (const item of items) {
      if (pointsOf(item) > 0 && !this.isNoted(`credit-${tagOf(item)}`))
        this.broken.push(`${tagOf(item)} was not recorded`);
    }
    this.open(subjects);
    const result = this.handle(items, subjects, fault);
    await new Promise<void>((resolve) => void this.clock.after(takesMs, resolve));
    this.close(subjects);
    return result;
  }

  /** Checks the pace of all calls, when they are over. */
  lookAtPace(callsPerMinute: number): void {
    if (callsPerMinute === 0) return;
    const arrivals = this.calls.map(({ arrivedAt }) => arrivedAt).toSorted((one, other) => one - other);
    arrivals.forEach((at, index) => {
      const after = arrivals[index + callsPerMinute];
      if (after !== undefined && after - at < WINDOW_MS) {
        this.broken.push(`more than ${callsPerMinute} calls in ${after - at} ms`);
      }
    });
  }

  private subjectOf(tag: string): Subject {
    const subject = this.subjects.get(tag);
    if (!subject) throw new Error(`no update was submitted as ${tag}`);
    return subject;
  }

  private timeOf(fault: Fault): number {
    if (fault === 'hangs') return HANG_MS;
    if (fault === 'slow') return 1500;
    return this.latencyMs * (0.5 + this.random());
  }

  /** Checks what must hold whenever a call leaves. */
  private lookAtCall(subjects: readonly Subject[]): void {
    const now = this.clock.now();
    const note = (what: string): void => void this.broken.push(`at ${now}: ${what}`);
    if (subjects.length > this.limits.items) note(`${subjects.length} updates in a call`);
    if (this.openCalls + 1 > this.limits.concurrency) note('too many open calls');
    const [ownedHere, namedHere] = [new Set<string>(), new Set<string>()];
    for (const { tag, owned, named, deadlineAt, gone } of subjects) {
      if (gone.aborted) note(`${tag} was sent though its caller had gone`);
      if (now > deadlineAt) note(`${tag} was sent after its deadline`);
      for (const key of owned) {
        if (this.openOwned.has(key) || this.openNamed.has(key))
          note(`${key} is in two open calls, of ${tag}`);
        if (ownedHere.has(key) || namedHere.has(key)) note(`${key} is twice in a call, of ${tag}`);
      }
      for (const key of named) {
        if (this.openOwned.has(key) || this.openNamed.has(key))
          note(`${key} is named in two calls, of ${tag}`);
        if (ownedHere.has(key)) note(`${key} is owned and named in a call, of ${tag}`);
      }
      owned.forEach((key) => ownedHere.add(key));
      named.forEach((key) => namedHere.add(key));
      this.lookAtOrder(tag, note);
    }
  }

  private lookAtOrder(tag: string, note: (what: string) => void): void {
    if (!this.looksAtOrder) return;
    const late = this.subjectOf(tag);
    for (const early of this.subjects.values()) {
      if (early.isSettled || early.submittedAs >= late.submittedAs) continue;
      if (early.owned.some((key) => late.owned.includes(key))) note(`${tag} overtakes ${early.tag}`);
    }
  }

  private open(subjects: readonly Subject[]): void {
    this.openCalls += 1;
    for (const { owned, named } of subjects) {
      for (const key of owned) this.openOwned.set(key, (this.openOwned.get(key) ?? 0) + 1);
      for (const key of named) this.openNamed.set(key, (this.openNamed.get(key) ?? 0) + 1);
    }
  }

  private close(subjects: readonly Subject[]): void {
    this.openCalls -= 1;
    for (const { owned, named } of subjects) {
      leave(owned, this.openOwned);
      leave(named, this.openNamed);
    }
  }

  private handle(items: readonly MeasuredItem[], subjects: readonly Subject[], fault: Fault): CallResult {
    const unprocessed = UNPROCESSED[fault];
    if (unprocessed) return unprocessed;
    if (this.refusesAll) return answer(this.refusesAll.status, this.refusesAll.body);
    const bytes = items.reduce((sum, item) => sum + item.bytes + 1, 1);
    if (bytes > this.maxBytes || subjects.some(({ nature }) => nature === 'heavy')) return answer(413, '');
    if (items.length > this.maxBatch) return refused('batch-too-large', 1060);
    const poison = subjects.flatMap(({ nature }, position) => (nature.endsWith('poison') ? [position] : []));
    if (poison.length > 0) {
      const areNamed = poison.every((position) => subjects[position]?.nature === 'named-poison');
      return { ...refused('call-refused', 400), ...(areNamed && { rejectedPositions: poison }) };
    }
    const results = items.map((item, position): ItemResult => {
      if (fault === 'lost-half' && this.random() < 0.5) return aResult(subjects[position]);
      return this.apply(item, subjects[position], fault);
    });
    return LOST[fault] ?? { kind: 'answered', results: this.spoil(results, fault), decidedBy: 'model' };
  }

  /** Applies one item, unless the vendor rejects it. */
  private apply(item: MeasuredItem, subject: Subject | undefined, fault: Fault): ItemResult {
    const result = aResult(subject);
    if (!subject || subject.nature === 'rejected') return fail(result, 8015);
    if (fault === 'items-busy' && (this.isAlwaysBusy || this.random() < 0.5)) return fail(result, 521);
    if (fault === 'items-failed' && this.random() < 0.5) return fail(result, 10_002);
    const points = pointsOf(item);
    const isDoubtful = points > 0 && (fault === 'points-in-doubt' || fault === 'points-warned');
    const isCredited = points > 0 && !(isDoubtful && this.random() < 0.5);
    if (isCredited) this.credited.set(subject.tag, (this.credited.get(subject.tag) ?? 0) + 1);
    if (isDoubtful && fault === 'points-in-doubt') {
      if (this.random() < 0.5) this.noteApplied(subject.tag);
      return fail(result, 1010);
    }
    this.noteApplied(subject.tag);
    return isDoubtful ? { ...result, warnings: [message(19_223)] } : result;
  }

  private noteApplied(tag: string): void {
    this.applied.set(tag, (this.applied.get(tag) ?? 0) + 1);
  }

  /** Spoils an answer about what was applied. */
  private spoil(results: readonly ItemResult[], fault: Fault): ItemResult[] {
    const [first] = results;
    if (fault === 'short-answer') return results.slice(0, -1);
    if (fault === 'shuffled-answer') return results.toReversed();
    if (fault === 'strangers') return results.map(() => ({ ...aResult(undefined), identifiers: [STRANGER] }));
    if (fault === 'nameless-answer') return results.map((result) => ({ ...result, identifiers: [] }));
    if (fault === 'twice-the-first' && first) return [...results.slice(0, -1), first];
    return [...results];
  }
}

/** Reads an answer as it arrives over HTTP. */
function answer(status: number, body: string): CallResult {
  return classifyAnswer({ kind: 'answer', status, body }, (text) => text, 0);
}

const STRANGER = { type: 'externalId', value: 'stranger' };

/** Calls that the vendor did not process. */
const UNPROCESSED: Partial<Record<Fault, CallResult>> = {
  'connection-refused': {
    kind: 'not-sent',
    reason: 'connection-refused',
    canPass: true,
    decidedBy: 'model',
  },
  'lost-before': { kind: 'ambiguous', reason: 'connection-lost', decidedBy: 'model' },
  'redirect-before': answer(302, ''),
  'stopped-on-the-way': answer(409, '<h1>Conflict</h1>'),
  'access-denied': answer(403, '{"errors":[{"code":403,"message":"access denied"}]}'),
  'rate-limited': notProcessed('rate-limited', 0),
  'rate-limited-for-a-while': notProcessed('rate-limited', 3000),
  'busy-vendor': notProcessed('upstream-busy', 500),
  'busy-customer': notProcessed('customer-busy', 0),
  'web-server-down': notProcessed('web-server-down', 0),
};

/** Calls that were processed, at least in part, and got no usable answer. */
const LOST: Partial<Record<Fault, CallResult>> = {
  'lost-after': { kind: 'ambiguous', reason: 'connection-lost', decidedBy: 'model' },
  'lost-half': { kind: 'ambiguous', reason: 'connection-lost', decidedBy: 'model' },
  hangs: { kind: 'ambiguous', reason: 'answer-timeout', decidedBy: 'model' },
  'gateway-error': { kind: 'ambiguous', reason: 'upstream-error', decidedBy: 'model' },
  'redirect-after': answer(302, ''),
};

function leave(keys: readonly string[], open: Map<string, number>): void {
  for (const key of keys) {
    const left = (open.get(key) ?? 0) - 1;
    if (left > 0) open.set(key, left);
    else open.delete(key);
  }
}

function notProcessed(
  reason: 'rate-limited' | 'upstream-busy' | 'customer-busy' | 'web-server-down',
  retryAfterMs: number,
): CallResult {
  return { kind: 'not-processed', reason, canPass: true, retryAfterMs, decidedBy: 'model' };
}

function refused(reason: 'batch-too-large' | 'call-refused', code: number): CallResult {
  return { kind: 'refused', reason, isDivisible: true, errors: [message(code)], decidedBy: 'model' };
}

function aResult(subject: Subject | undefined): ItemResult {
  return {
    verdict: 'updated',
    identifiers: (subject?.owned.slice(0, 2) ?? []).flatMap((key) => {
      const [type = '', value = ''] = key.split(':');
      return key.includes('/') ? [] : [{ type, value }];
    }),
    errors: [],
    warnings: [],
    children: [],
    childFailureCount: 0,
  };
}

function fail(result: ItemResult, code: number): ItemResult {
  const codeClass = lookUpCode(code).class;
  const verdict = codeClass === 'side-action' ? 'updated' : codeClass;
  return { ...result, verdict, errors: [message(code)] };
}
