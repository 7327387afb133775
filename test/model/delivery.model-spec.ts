import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeliveryService } from '../../src/delivery/delivery.service.js';
import type { Outcome } from '../../src/delivery/outcome.js';
import { FAULTS, type Fault, type Subject } from './vendor-model.js';
import { type Conditions, type Plan, type World, aWorld, anUpdate, internals } from './world.js';

/** `npm run test:model -- --seed=…` sets these. */
const RUNS = Number(process.env['MODEL_RUNS'] ?? 5_000);
const SEED = process.env['MODEL_SEED'] === undefined ? undefined : Number(process.env['MODEL_SEED']);

interface Request {
  readonly plans: readonly Plan[];
  readonly subjects: readonly Subject[];
  readonly gone: AbortController;
  outcomes: readonly Outcome[] | undefined;
}

interface History {
  readonly world: World;
  readonly requests: Request[];
  count: number;
}

type Command = fc.AsyncCommand<object, History>;

/** A credit in doubt must be recorded before its caller gets the outcome. */
function checkRecorded({ credits, vendor }: World, request: Request, outcomes: readonly Outcome[]): void {
  request.outcomes = outcomes;
  outcomes.forEach(({ pointsCredited }, index) => {
    const { tag = '' } = request.subjects[index] ?? {};
    // While the database is lost, it is kept in memory, and recorded afterwards.
    const isNoted = credits.isLost || credits.states.has(`credit-${tag}`);
    if (pointsCredited === 'unknown' && !isNoted)
      vendor.broken.push(`${tag} was answered before its credit was recorded`);
  });
}

class Submit implements Command {
  constructor(
    private readonly plans: readonly Plan[],
    private readonly patienceMs: number,
    private readonly isBackground: boolean,
  ) {}

  check = (): boolean => true;

  async run(_model: object, history: History): Promise<void> {
    const gone = new AbortController();
    const { world, requests } = history;
    const deadlineAt = world.clock.now() + this.patienceMs;
    const updates = this.plans.map((plan): [ReturnType<typeof anUpdate>, Subject] => {
      const tag = `u${history.count}`;
      const update = anUpdate(plan, tag);
      const subject: Subject = {
        tag,
        owned: [...update.customer, ...update.children.flat()],
        named: update.parent.filter((one) => !update.customer.includes(one)),
        points: plan.points,
        nature: plan.nature,
        submittedAs: history.count++,
        deadlineAt,
        gone: gone.signal,
        isSettled: false,
      };
      world.vendor.subjects.set(tag, subject);
      return [update, subject];
    });
    const subjects = updates.map(([, subject]) => subject);
    const request: Request = { plans: this.plans, subjects, gone, outcomes: undefined };
    requests.push(request);
    void world.delivery
      .submit(
        updates.map(([update]) => update),
        { deadlineAt, signal: gone.signal, ...(this.isBackground && { priority: 'background' }) },
      )
      .then((outcomes) => checkRecorded(world, request, outcomes));
    await world.clock.pass(0);
  }

  toString = (): string =>
    `submit(${JSON.stringify(this.plans)}, ${this.patienceMs} ms${this.isBackground ? ', background' : ''})`;
}

class Wait implements Command {
  constructor(private readonly ms: number) {}
  check = (): boolean => true;
  run = async (_model: object, { world: { clock } }: History): Promise<void> => clock.pass(this.ms);
  toString = (): string => `wait(${this.ms})`;
}

class Fail implements Command {
  constructor(private readonly faults: readonly Fault[]) {}
  check = (): boolean => true;
  run = async (_model: object, { world: { vendor } }: History): Promise<void> =>
    void vendor.faults.push(...this.faults);
  toString = (): string => `fail(${this.faults.join(', ')})`;
}

class LoseDatabase implements Command {
  constructor(private readonly ms: number) {}
  check = (): boolean => true;
  run = async (_model: object, { world: { credits } }: History): Promise<void> => credits.lose(this.ms);
  toString = (): string => `loseDatabase(${this.ms})`;
}

class GoAway implements Command {
  constructor(private readonly which: number) {}
  check = (): boolean => true;
  async run(_model: object, { requests, world: { clock } }: History): Promise<void> {
    requests[this.which % Math.max(1, requests.length)]?.gone.abort();
    await clock.pass(0);
  }
  toString = (): string => `goAway(${this.which})`;
}

class Drain implements Command {
  check = (): boolean => true;
  run = async (_model: object, { world: { delivery } }: History): Promise<void> =>
    delivery.beforeApplicationShutdown();
  toString = (): string => 'drain()';
}

const customer = fc.oneof(fc.nat(7), fc.nat(60)); // few, so that they collide, and many, so that calls grow
const plan: fc.Arbitrary<Plan> = fc.record({
  customer,
  known: fc.constantFrom('by-id', 'by-mobile', 'by-both'),
  parent: fc.option(customer, { freq: 3, nil: undefined }),
  children: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, fc.uniqueArray(customer, { maxLength: 3 })),
  points: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 9 })),
  nature: fc.oneof(
    { weight: 16, arbitrary: fc.constant<Subject['nature']>('good') },
    fc.constantFrom<Subject['nature']>('rejected', 'poison', 'named-poison', 'heavy'),
  ),
  lane: fc.nat(1),
});

const submit = fc
  .tuple(
    fc.oneof(
      { weight: 3, arbitrary: fc.array(plan, { minLength: 1, maxLength: 3 }) },
      fc.array(plan, { minLength: 4, maxLength: 25 }),
    ),
    fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 200, max: 20_000 })),
    fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.constant(true)),
  )
  .map(([plans, patienceMs, isBackground]) => new Submit(plans, patienceMs, isBackground));

const commands = fc.commands(
  [
    submit,
    submit,
    fc.oneof(fc.nat(50), fc.nat(5000), fc.nat(90_000)).map((ms) => new Wait(ms)),
    fc.array(fc.constantFrom(...FAULTS), { minLength: 1, maxLength: 6 }).map((faults) => new Fail(faults)),
    fc.constantFrom(...FAULTS).map((fault) => new Fail(Array<Fault>(12).fill(fault))),
    fc.nat(20).map((which) => new GoAway(which)),
    fc.nat(2000).map((ms) => new LoseDatabase(ms)),
    fc.oneof({ weight: 9, arbitrary: fc.constant(new Wait(100)) }, fc.constant(new Drain())),
  ],
  { maxCommands: 24, size: 'max' },
);

const conditions: fc.Arbitrary<Conditions> = fc.record({
  seed: fc.nat(),
  callsPerMinute: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 60 })),
  concurrency: fc.integer({ min: 1, max: 4 }),
  batch: fc.integer({ min: 1, max: 12 }),
  vendorBatch: fc.oneof({ weight: 4, arbitrary: fc.constant(Infinity) }, fc.integer({ min: 1, max: 6 })),
  hasOthers: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.constant(true)),
  room: fc.oneof({ weight: 4, arbitrary: fc.constant(1000) }, fc.integer({ min: 1, max: 30 })),
});

/** Compares every outcome with what the vendor did. */
function lookAtOutcomes({ requests, world: { vendor, explanations } }: History): string[] {
  const broken: string[] = [];
  for (const { subjects, outcomes } of requests) {
    if (outcomes?.length !== subjects.length) {
      broken.push(`${outcomes?.length} outcomes for ${subjects.length} updates`);
      continue;
    }
    outcomes.forEach((outcome, index) => {
      const subject = subjects[index];
      if (!subject) return;
      const { tag, points, owned } = subject;
      const summary = `${tag} is ${outcome.outcome}`;
      const applied = vendor.applied.get(tag) ?? 0;
      const credited = vendor.credited.get(tag) ?? 0;
      if (credited > 1) broken.push(`${tag} was credited ${credited} times`);
      if (outcome.outcome === 'updated') {
        if (applied === 0) broken.push(`${summary} and was not applied`);
        if (outcome.pointsCredited === 'yes' && credited !== 1)
          broken.push(`${summary} and was not credited`);
        const [own = ''] = owned;
        const isOwn = outcome.identifiers.every(({ type, value }) => owned.includes(`${type}:${value}`));
        if (!isOwn) broken.push(`${summary} and names another customer than ${own}`);
      }
      if ((outcome.outcome === 'rejected' || outcome.outcome === 'failed') && applied + credited > 0) {
        broken.push(`${summary} and was applied`);
      }
      if (outcome.outcome !== 'unknown' && outcome.pointsCredited === 'no' && credited > 0) {
        broken.push(`${summary} and was credited nevertheless`);
      }
      if (outcome.outcome === 'rejected' && subject.nature === 'good') {
        broken.push(`${summary} without a verdict of the vendor`);
      }
      if (points > 0 !== (outcome.pointsCredited !== undefined))
        broken.push(`${summary}: unexpected pointsCredited`);
      if (outcome.outcome === 'unknown' && outcome.applied && applied === 0) {
        broken.push(`${summary}, and the other parts were not applied`);
      }
      const steps = explanations.get(outcome.updateId)?.steps ?? [];
      if (steps.filter(({ event }) => event === 'settled').length !== 1)
        broken.push(`${summary} and has not exactly one settled step`);
    });
  }
  return broken;
}

/** Compares the credits recorded as in doubt with the outcomes. */
function lookAtCredits({ requests, world: { credits } }: History): string[] {
  const inDoubt = new Set<string>();
  for (const { subjects, outcomes = [] } of requests) {
    outcomes.forEach(({ pointsCredited }, index) => {
      if (pointsCredited === 'unknown') inDoubt.add(`credit-${subjects[index]?.tag}`);
    });
  }
  return [
    ...[...inDoubt].flatMap((id) => (credits.states.has(id) ? [] : [`${id} is in doubt and not recorded`])),
    ...[...credits.states].flatMap(([id, state]) =>
      inDoubt.has(id) ? [] : [`${id} is recorded as ${state} and not in doubt`],
    ),
  ];
}

function lookAtLeftovers({ world: { delivery } }: History): string[] {
  const {
    pending: { count, bytes, locks, lanes },
    capacity: { openCalls },
  } = internals(delivery);
  const left = { updates: count, lines: locks.size, lanes: lanes.size, 'open calls': openCalls, bytes };
  return Object.entries(left).flatMap(([what, many]) => (many === 0 ? [] : [`${many} ${what} left over`]));
}

/**
 * What happened in a history, in the words of explanations: a model in which hardly anything happens proves nothing.
 */
function happened({ requests, world: { vendor, explanations } }: History): string[] {
  const outcomes = requests.flatMap((request) => request.outcomes ?? []);
  return [
    ...outcomes.flatMap((outcome) => [
      outcome.outcome,
      ...('reason' in outcome && outcome.reason !== undefined ? [outcome.reason] : []),
      ...(outcome.attempts > 3 ? ['many attempts'] : []),
      ...(explanations.get(outcome.updateId)?.steps ?? []).flatMap(({ event, purpose }) => [
        event,
        ...(purpose ? [purpose] : []),
      ]),
    ]),
    ...(vendor.calls.some(({ tags }) => tags.length > 5) ? ['large call'] : []),
  ];
}

const MUST_HAPPEN = [
  ['updated', 'rejected', 'failed', 'unknown', 'many attempts', 'large call'],
  ['first', 'retry', 'isolation', 'without-points', 'isolated', 'points-taken-out'],
  ['waits-for-retry', 'not-sent-again', 'deadline-passed', 'caller-gone', 'shutting-down'],
  ['too-many-pending', 'deadline-unreachable', 'breaker-open', 'no-proof'],
  ['connection-lost', 'answer-timeout', 'rate-limited', 'customer-busy', 'points-in-doubt'],
  ['redirected', 'gateway-refused', 'upstream-misconfigured'],
  ['storage-unavailable'],
].flat();

describe(DeliveryService.name, () => {
  it(`keeps its promises in ${RUNS} random histories`, { timeout: 3_600_000 }, async () => {
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(conditions, commands, async (how, history) => {
        const world = aWorld(how);
        const real: History = { world, requests: [], count: 0 };
        await fc.asyncModelRun(() => ({ model: {}, real }), history);
        await world.clock.pass(10 * 60_000);
        world.vendor.lookAtPace(how.callsPerMinute);
        for (const what of happened(real)) seen.set(what, (seen.get(what) ?? 0) + 1);
        expect([
          ...world.vendor.broken,
          ...lookAtOutcomes(real),
          ...lookAtCredits(real),
          ...lookAtLeftovers(real),
        ]).toEqual([]);
      }),
      { numRuns: RUNS, ...(SEED !== undefined && { seed: SEED }) },
    );
    expect(MUST_HAPPEN.filter((what) => !seen.has(what))).toEqual([]);
  });
});
