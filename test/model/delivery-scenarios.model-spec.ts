import { describe, expect, it } from 'vitest';
import { DeliveryService, type SubmitOptions } from '../../src/delivery/delivery.service.js';
import type { Outcome } from '../../src/delivery/outcome.js';
import { type Conditions, type Plan, type World, aWorld, anUpdate, internals } from './world.js';

const USUAL: Conditions = {
  seed: 1,
  callsPerMinute: 0,
  concurrency: 1,
  batch: 100,
  vendorBatch: Infinity,
  room: 10_000,
};

const PLAN: Plan = {
  customer: 0,
  known: 'by-id',
  parent: undefined,
  children: [],
  points: 0,
  nature: 'good',
  lane: 0,
};

interface Submitted {
  outcomes: readonly Outcome[] | undefined;
  readonly gone: AbortController;
  readonly done: Promise<readonly Outcome[]>;
}

let count = 0;

/** Submits updates of different customers, unless a plan sets one. */
function submit(
  { delivery, vendor, clock }: World,
  plans: readonly Partial<Plan>[],
  { patienceMs = 10_000, priority }: { patienceMs?: number; priority?: SubmitOptions['priority'] } = {},
): Submitted {
  const gone = new AbortController();
  const deadlineAt = clock.now() + patienceMs;
  const updates = plans.map((differences) => {
    const plan = { ...PLAN, customer: 1000 + count, ...differences };
    const tag = plan.tag ?? `s${count}`;
    const update = anUpdate(plan, tag);
    vendor.subjects.set(tag, {
      tag,
      owned: [...update.customer, ...update.children.flat()],
      named: update.parent,
      points: plan.points,
      nature: plan.nature,
      submittedAs: count++,
      deadlineAt,
      gone: gone.signal,
      isSettled: false,
    });
    return update;
  });
  const done = delivery.submit(updates, { deadlineAt, signal: gone.signal, ...(priority && { priority }) });
  const submitted: Submitted = { outcomes: undefined, gone, done };
  void done.then((outcomes) => (submitted.outcomes = outcomes));
  return submitted;
}

const many = (howMany: number, plan: Partial<Plan> = {}): Partial<Plan>[] =>
  Array.from({ length: howMany }, () => plan);

const sizes = ({ vendor }: World): number[] => vendor.calls.map(({ tags }) => tags.length);
const kinds = ({ outcomes }: Submitted): string[] => (outcomes ?? []).map(({ outcome }) => outcome);
const waitOf = (outcome: Outcome | undefined): number =>
  outcome?.outcome === 'failed' ? outcome.retryAfterMs : -1;
const logged = ({ events }: World, name: string): Record<string, unknown>[] =>
  events.filter(({ event }) => event === name).map(({ facts }) => facts);

describe(`${DeliveryService.name}: lanes`, () => {
  it('lets an update leave at once when nothing is in flight', async () => {
    const world = aWorld(USUAL);
    const submitted = submit(world, [{}]);
    await world.clock.pass(0);
    expect(world.vendor.calls.map(({ sentAt }) => sentAt)).toEqual([0]);
    await world.clock.pass(100);
    expect(kinds(submitted)).toEqual(['updated']);
  });

  it('gathers updates while calls are in flight, and sends them together', async () => {
    const world = aWorld(USUAL);
    for (let each = 0; each < 31; each += 1) {
      submit(world, [{}]);
      await world.clock.pass(0.1);
    }
    await world.clock.pass(1000);
    expect(sizes(world)).toEqual([1, 30]);
  });

  it('bounds calls by items', async () => {
    const world = aWorld({ ...USUAL, batch: 10 });
    submit(world, many(25));
    await world.clock.pass(1000);
    expect(sizes(world)).toEqual([10, 10, 5]);
  });

  it('bounds calls by bytes, and rejects an update that fits into none', async () => {
    const world = aWorld({ ...USUAL, bodyBytes: 1000 });
    const small = submit(world, many(10));
    await world.clock.pass(1000);
    expect(kinds(small)).toEqual(many(10).map(() => 'updated'));
    expect(Math.max(...sizes(world))).toBeLessThan(10);
    expect(Math.max(...world.vendor.calls.map(({ bodyBytes }) => bodyBytes))).toBeLessThanOrEqual(1000);

    const large = submit(world, [{ padding: 1000 }, {}]);
    await world.clock.pass(1000);
    expect(large.outcomes).toMatchObject([
      { outcome: 'rejected', reason: 'update-too-large', attempts: 0 },
      { outcome: 'updated' },
    ]);
  });

  it('gives lanes their turns one after the other', async () => {
    const world = aWorld({ ...USUAL, batch: 1 });
    submit(world, [...many(3, { lane: 0 }), ...many(3, { lane: 1 })]);
    await world.clock.pass(1000);
    const first = Number(world.vendor.calls[0]?.tags[0]?.slice(1));
    const lanes = world.vendor.calls.map(({ tags }) => (Number(tags[0]?.slice(1)) - first < 3 ? 0 : 1));
    expect(lanes).toEqual([0, 1, 0, 1, 0, 1]);
  });

  it('fills free places of calls that leave anyway with the background', async () => {
    const world = aWorld({ ...USUAL, batch: 10 });
    submit(world, [{}]);
    await world.clock.pass(0);
    submit(world, many(30), { priority: 'background' });
    submit(world, many(4));
    await world.clock.pass(1000);
    expect(sizes(world)).toEqual([1, 10, 10, 10, 4]);
    const second =
      world.vendor.calls[1]?.tags.map((tag) => world.vendor.subjects.get(tag)?.submittedAs ?? 0) ?? [];
    expect(second.slice(0, 4).every((one) => second.slice(4).every((other) => one > other))).toBe(true);
  });

  it('lets the background have one call in ten, however many callers wait', async () => {
    const world = aWorld({ ...USUAL, batch: 1 });
    submit(world, many(100), { patienceMs: 60_000 });
    const background = submit(world, many(5), { priority: 'background', patienceMs: 60_000 });
    await world.clock.pass(20 * 55 * 1.5);
    expect(kinds(background)).toHaveLength(5);
    expect(world.vendor.calls.length).toBeLessThan(100);
  });
});

describe(`${DeliveryService.name}: families`, () => {
  it('sends a thousand drivers of one owner in calls of a hundred, never two at once', async () => {
    const world = aWorld({ ...USUAL, concurrency: 8 });
    const submitted = submit(world, many(1000, { parent: 1 }));
    await world.clock.pass(5000);
    expect(sizes(world)).toEqual(Array(10).fill(100));
    expect(new Set(kinds(submitted))).toEqual(new Set(['updated']));
    expect(world.vendor.broken).toEqual([]);
  });

  it('lets others overtake an update that waits for its customer', async () => {
    const world = aWorld({ ...USUAL, concurrency: 2 });
    submit(world, [{ customer: 1 }]);
    await world.clock.pass(0);
    submit(world, [{ customer: 1 }, {}]);
    await world.clock.pass(0);
    expect(sizes(world)).toEqual([1, 1]);
    await world.clock.pass(1000);
    expect(sizes(world)).toEqual([1, 1, 1]);
    expect(world.vendor.broken).toEqual([]);
  });
});

describe(`${DeliveryService.name}: calls per minute`, () => {
  it('carries 25,000 updates in a minute with 300 calls when a thousand callers always wait', async () => {
    const world = aWorld({ ...USUAL, callsPerMinute: 300, concurrency: 8 });
    world.vendor.looksAtOrder = false; // slow, and there is no order to check
    let updated = 0;
    const callers = Array.from({ length: 1000 }, async () => {
      while (world.clock.now() < 60_000) {
        const [outcome] = await submit(world, [{}]).done;
        if (outcome?.outcome === 'updated') updated += 1;
        else await new Promise<void>((resolve) => void world.clock.after(1000, resolve));
      }
    });
    await world.clock.pass(75_000);
    await Promise.all(callers);
    expect(updated).toBeGreaterThan(25_000);
    world.vendor.lookAtPace(300);
    expect(world.vendor.broken).toEqual([]);
  });

  it('keeps a reserve for callers from the background', async () => {
    const world = aWorld({ ...USUAL, callsPerMinute: 20, batch: 1 });
    submit(world, many(100), { priority: 'background', patienceMs: 600_000 });
    await world.clock.pass(59_000);
    expect(world.vendor.calls.length).toBeGreaterThanOrEqual(17);
    expect(world.vendor.calls.length).toBeLessThanOrEqual(18);
    const submitted = submit(world, [{}]);
    await world.clock.pass(900);
    expect(kinds(submitted)).toEqual(['updated']);
  });

  it('rejects at once what cannot leave before its deadline, and reports when it could', async () => {
    const world = aWorld({ ...USUAL, callsPerMinute: 4, batch: 10 });
    const submitted = submit(world, many(100));
    await world.clock.pass(0);
    const refused = internals(world.delivery).pending.count;
    expect(refused).toBeLessThan(100);
    await world.clock.pass(10_000);
    const reasons = (submitted.outcomes ?? []).flatMap((outcome) =>
      outcome.outcome === 'failed' ? [outcome.reason] : [],
    );
    expect(new Set(reasons)).toEqual(new Set(['deadline-unreachable']));
    const waits = (submitted.outcomes ?? []).flatMap((outcome) =>
      outcome.outcome === 'failed' ? [outcome.retryAfterMs] : [],
    );
    expect(new Set(waits.map(Math.round))).toEqual(new Set([6500])); // the second call could leave in 15 s, and a tenth later
    expect(kinds(submitted).filter((kind) => kind === 'updated').length).toBe(10);
  });

  it('admits at twice the capacity what it can answer in time, and leaves hardly any update in doubt', async () => {
    const world = aWorld({ ...USUAL, callsPerMinute: 300, concurrency: 8 });
    world.vendor.looksAtOrder = false;
    const submitted: Submitted[] = [];
    for (let ms = 0; ms < 30_000; ms += 10) {
      submitted.push(submit(world, many(10), { patienceMs: 2000 }));
      await world.clock.pass(10);
    }
    await world.clock.pass(5000);
    const outcomes = submitted.flatMap((one) => one.outcomes ?? []);
    const share = (kind: Outcome['outcome']): number =>
      outcomes.filter(({ outcome }) => outcome === kind).length / outcomes.length;
    expect(outcomes).toHaveLength(30_000);
    expect(share('unknown')).toBeLessThan(0.01);
    expect(share('updated')).toBeGreaterThan(0.4);
    const late = outcomes.filter((one) => one.outcome === 'failed' && one.reason === 'deadline-passed');
    expect(late.length / outcomes.length).toBeLessThan(0.01);
  });

  it('waits as long as a 429 asks, logs the pace that it learned, and tries a faster one later', async () => {
    const world = aWorld({ ...USUAL, callsPerMinute: 300 });
    world.vendor.faults.push('rate-limited-for-a-while');
    const submitted = submit(world, [{}]);
    await world.clock.pass(5000);
    expect(submitted.outcomes).toMatchObject([{ outcome: 'updated', attempts: 2 }]);
    expect(world.vendor.calls[1]?.sentAt).toBeGreaterThanOrEqual(3000);
    expect(logged(world, 'pace.learned')).toMatchObject([{ callsPerMinute: 30, waitMs: 3000 }]);
    await world.clock.pass(60_000);
    submit(world, [{}]);
    await world.clock.pass(1000);
    expect(logged(world, 'pace.probed')).toEqual([{ callsPerMinute: 37 }]);
  });

  it('spends at most 30 calls on retries alone in a minute without other calls', async () => {
    const world = aWorld({ ...USUAL, batch: 1 });
    world.vendor.faults.push(...Array<'items-busy'>(10_000).fill('items-busy'));
    world.vendor.isAlwaysBusy = true;
    submit(world, many(20), { patienceMs: 50_000 });
    await world.clock.pass(60_000);
    expect(world.vendor.calls.length).toBeLessThanOrEqual(20 + 30 + 20 * 0.25 + 30);
  });
});

describe(`${DeliveryService.name}: retries of the background`, () => {
  it('spend from the same budget as those of callers', async () => {
    const world = aWorld({ ...USUAL, batch: 1 });
    world.vendor.faults.push(...Array<'items-busy'>(10_000).fill('items-busy'));
    world.vendor.isAlwaysBusy = true;
    submit(world, many(20), { patienceMs: 50_000, priority: 'background' });
    await world.clock.pass(60_000);
    expect(world.vendor.calls.length).toBeLessThanOrEqual(20 + 30 + 20 * 0.25 + 30);
  });
});

describe(`${DeliveryService.name}: isolation`, () => {
  it('finds one poisonous update among a hundred with at most nine further calls', async () => {
    const world = aWorld(USUAL);
    const submitted = submit(world, [...many(70), { nature: 'poison' }, ...many(29)]);
    await world.clock.pass(5000);
    expect(kinds(submitted).filter((kind) => kind === 'updated')).toHaveLength(99);
    expect(submitted.outcomes?.[70]).toMatchObject({ outcome: 'rejected', errors: [{ code: 400 }] });
    expect(world.vendor.calls.length).toBeLessThanOrEqual(1 + 9);
    expect(logged(world, 'isolation.begun')).toMatchObject([{ itemCount: 100 }]);
  });

  it('makes no further call when the vendor names the cause', async () => {
    const world = aWorld(USUAL);
    const submitted = submit(world, [...many(50), { nature: 'named-poison' }, ...many(49)]);
    await world.clock.pass(5000);
    expect(kinds(submitted).filter((kind) => kind === 'updated')).toHaveLength(99);
    expect(submitted.outcomes?.[50]).toMatchObject({ outcome: 'rejected' });
    expect(sizes(world)).toEqual([100, 99]);
  });

  it('rejects the very same update at admission for a while', async () => {
    const world = aWorld(USUAL);
    const plan: Partial<Plan> = { customer: 5, nature: 'poison', tag: 'same' };
    submit(world, [plan]);
    await world.clock.pass(1000);
    const again = submit(world, [plan, {}]);
    await world.clock.pass(1000);
    expect(again.outcomes).toMatchObject([
      { outcome: 'rejected', reason: 'recently-rejected', attempts: 0, errors: [{ code: 400 }] },
      { outcome: 'updated' },
    ]);
    expect(sizes(world)).toEqual([1, 1]);
    await world.clock.pass(60_000);
    submit(world, [plan]);
    await world.clock.pass(1000);
    expect(sizes(world)).toEqual([1, 1, 1]);
  });

  it('sends a thousand updates at once when the vendor takes ten, as nothing has failed', async () => {
    const world = aWorld({ ...USUAL, vendorBatch: 10, concurrency: 8 });
    const submitted = submit(world, many(1000));
    await world.clock.pass(10_000);
    expect(kinds(submitted).filter((kind) => kind === 'updated')).toHaveLength(1000);
    expect(world.clock.now()).toBe(10_000);
    expect(world.vendor.calls.at(-1)?.sentAt).toBeLessThan(2000);
  });

  it.each([0, 450, 899])(
    'finds the one update among 900 that is refused with 413, and sends the others in few calls: %i',
    async (position) => {
      const world = aWorld({ ...USUAL, batch: 1000 });
      const submitted = submit(world, [
        ...many(position),
        { nature: 'heavy' as const },
        ...many(899 - position),
      ]);
      await world.clock.pass(9000);
      expect(kinds(submitted).filter((kind) => kind === 'updated')).toHaveLength(899);
      expect(submitted.outcomes?.[position]).toMatchObject({
        outcome: 'rejected',
        reason: 'update-too-large',
      });
      expect(world.vendor.calls.length).toBeLessThanOrEqual(1 + 2 * Math.ceil(Math.log2(900)));
    },
  );

  it('divides calls by their bytes towards what passes, and sends a large update alone', async () => {
    const world = aWorld({ ...USUAL, batch: 1000 });
    world.vendor.maxBytes = 50_000;
    const submitted = submit(world, [...many(500), { padding: 45_000 }, ...many(500)]);
    await world.clock.pass(9000);
    expect(kinds(submitted).filter((kind) => kind === 'updated')).toHaveLength(1001);
    const bytes = world.vendor.calls.reduce((sum, call) => sum + call.bodyBytes, 0);
    expect(world.vendor.calls.length).toBeLessThanOrEqual(Math.ceil((2 * bytes) / 50_000) + 4);
  });

  it.each([
    ['in JSON of the vendor', { status: 400, body: '{"errors":[{"code":400}]}' }, 'rejected'],
    ['with a bare 400', { status: 400, body: '' }, 'failed'],
    ['with 413', { status: 413, body: '' }, 'rejected'],
  ])('notices a vendor that refuses everybody, and fails the others: %s', async (_how, answer, ofTried) => {
    const world = aWorld(USUAL);
    world.vendor.refusesAll = answer;
    const submitted = submit(world, many(100));
    await world.clock.pass(9000);
    const outcomes = submitted.outcomes ?? [];
    const abandoned = outcomes.filter((one) => one.outcome === 'failed' && one.reason === 'all-refused');
    expect(outcomes).toHaveLength(100);
    expect(abandoned).toHaveLength(97);
    expect(outcomes.filter((one) => !abandoned.includes(one)).map(({ outcome }) => outcome)).toEqual(
      Array(3).fill(ofTried),
    );
    expect(world.vendor.calls.length).toBeLessThanOrEqual(1 + 3 * 8);
    expect(logged(world, 'isolation.abandoned')).toMatchObject([{ itemCount: 97 }]);
    expect(internals(world.delivery).pending.count).toBe(0);

    world.vendor.refusesAll = undefined;
    const later = submit(world, many(100));
    await world.clock.pass(1000);
    expect(new Set(kinds(later))).toEqual(new Set(['updated']));
    expect(sizes(world).at(-1)).toBe(100);
  });

  it('learns the size that the vendor accepts, logs it, and slowly tries more', async () => {
    const world = aWorld({ ...USUAL, vendorBatch: 30 });
    const submitted = submit(world, many(100));
    await world.clock.pass(5000);
    expect(kinds(submitted).filter((kind) => kind === 'updated')).toHaveLength(100);
    expect(sizes(world).slice(0, 2)).toEqual([100, 50]);
    expect(Math.max(...sizes(world).slice(2))).toBe(25);
    expect(logged(world, 'batch-size.learned')).toMatchObject([{ batchSize: 50 }, { batchSize: 25 }]);
    await world.clock.pass(60_000);
    submit(world, many(25));
    await world.clock.pass(1000);
    expect(logged(world, 'batch-size.probed')).toEqual([{ batchSize: 27 }]);
  });
});

describe(`${DeliveryService.name}: what cannot be done`, () => {
  it('opens the breaker on failures, rejects callers with the time to wait, and closes with one call', async () => {
    const world = aWorld({ ...USUAL, batch: 1, concurrency: 4 });
    world.vendor.faults.push(...Array<'web-server-down'>(20).fill('web-server-down'));
    const early = submit(world, many(10));
    await world.clock.pass(2000);
    expect(logged(world, 'breaker.opened')).toEqual([{ waitMs: 5000 }]);
    expect(new Set(kinds(early))).toEqual(new Set(['failed']));

    const refused = submit(world, [{}]);
    await world.clock.pass(0);
    expect(refused.outcomes).toMatchObject([{ outcome: 'failed', reason: 'breaker-open', attempts: 0 }]);
    const [outcome] = refused.outcomes ?? [];
    expect(outcome?.outcome === 'failed' && outcome.retryAfterMs).toBeGreaterThan(1000);

    world.vendor.faults.length = 0;
    await world.clock.pass(5000);
    const before = world.vendor.calls.length;
    const late = submit(world, many(3));
    await world.clock.pass(0);
    expect(world.vendor.calls.length).toBe(before + 1);
    await world.clock.pass(1000);
    expect(new Set(kinds(late))).toEqual(new Set(['updated']));
    expect(logged(world, 'breaker.closed')).toHaveLength(1);
  });

  it('opens the breaker neither with a success nor for the attempts of one update', async () => {
    const world = aWorld({ ...USUAL, batch: 1 });
    world.vendor.faults.push(...Array<'web-server-down'>(7).fill('web-server-down'));
    const one = submit(world, [{}], { patienceMs: 60_000 });
    while (world.vendor.faults.length > 0) {
      // oxlint-disable-next-line no-await-in-loop -- until its seventh attempt has failed
      await world.clock.pass(50);
    }
    submit(world, many(3));
    await world.clock.pass(30_000);
    expect(one.outcomes).toMatchObject([{ outcome: 'updated', attempts: 8 }]);
    expect(logged(world, 'breaker.opened')).toEqual([]);
  });

  it('lets the background wait while the breaker is open', async () => {
    const world = aWorld({ ...USUAL, batch: 1 });
    world.vendor.faults.push(...Array<'web-server-down'>(10).fill('web-server-down'));
    const submitted = submit(world, many(10), { priority: 'background', patienceMs: 120_000 });
    await world.clock.pass(60_000);
    expect(kinds(submitted)).toEqual(Array(10).fill('updated'));
  });

  it('rejects updates without room, with a wait that grows with what is pending', async () => {
    const world = aWorld({ ...USUAL, room: 300, callsPerMinute: 60 });
    submit(world, many(300));
    await world.clock.pass(0);
    const few = submit(world, many(1));
    const more = submit(world, many(4000));
    await world.clock.pass(0);
    const [one] = few.outcomes ?? [];
    const [other] = more.outcomes ?? [];
    expect(one).toMatchObject({ outcome: 'failed', reason: 'too-many-pending', attempts: 0 });
    expect(new Set(kinds(more))).toEqual(new Set(['failed']));
    expect(waitOf(other)).toBeGreaterThan(waitOf(one));
  });

  it('bounds the bytes that are pending too', async () => {
    const world = aWorld({ ...USUAL, pendingBytes: 5000 });
    const submitted = submit(world, [{ padding: 4000 }]);
    const refused = submit(world, [{ padding: 4000 }]);
    await world.clock.pass(1000);
    expect(kinds(submitted)).toEqual(['updated']);
    expect(refused.outcomes).toMatchObject([{ outcome: 'failed', reason: 'too-many-pending' }]);
    const later = submit(world, [{ padding: 4000 }]);
    await world.clock.pass(1000);
    expect(kinds(later)).toEqual(['updated']);
  });

  it('does not send for a caller who has gone, and settles what was in flight', async () => {
    const world = aWorld(USUAL);
    const sent = submit(world, [{}]);
    await world.clock.pass(0);
    const waiting = submit(world, [{}]);
    sent.gone.abort();
    waiting.gone.abort();
    await world.clock.pass(1000);
    expect(waiting.outcomes).toMatchObject([{ outcome: 'failed', reason: 'caller-gone', attempts: 0 }]);
    expect(kinds(sent)).toEqual(['updated']);
    expect(sizes(world)).toEqual([1]);
    expect(logged(world, 'updates.settled')).toHaveLength(2);
  });

  it('sends what is pending when it is drained, and fails what could not be sent in that time', async () => {
    const world = aWorld({ ...USUAL, callsPerMinute: 8, batch: 1 });
    const submitted = submit(world, many(3), { patienceMs: 60_000 });
    await world.clock.pass(0);
    world.delivery.beforeApplicationShutdown();
    await world.clock.pass(3500);
    expect(kinds(submitted)).toEqual(['updated', 'updated', 'failed']);
    expect(submitted.outcomes?.[2]).toMatchObject({ reason: 'shutting-down' });
  });

  it('sends the update of a lost credit again without its points', async () => {
    const world = aWorld(USUAL);
    world.vendor.faults.push('lost-after');
    const submitted = submit(world, [{ points: 7 }, {}]);
    await world.clock.pass(1000);
    expect(submitted.outcomes).toMatchObject([
      { outcome: 'unknown', applied: 'all-but-points', pointsCredited: 'unknown', attempts: 2 },
      { outcome: 'updated', attempts: 2 },
    ]);
    expect([...world.vendor.credited.values()]).toEqual([1]);
  });

  it('forgets a credit that did not leave before the call of the others is over', async () => {
    const world = aWorld(USUAL);
    const { clock, credits, vendor } = world;
    const noteSent = credits.noteSent.bind(credits);
    credits.noteSent = async (...noted) => {
      await new Promise<void>((resolve) => void clock.after(500, resolve));
      return noteSent(...noted);
    };
    const [stays, leaves] = [submit(world, [{ points: 7 }]), submit(world, [{ points: 8 }])];
    await clock.pass(100);
    stays.gone.abort();
    // oxlint-disable-next-line no-await-in-loop -- until the call of the other one has left
    while (sizes(world).length === 0) await clock.pass(5);
    await clock.pass(5);
    expect([kinds(stays), kinds(leaves), sizes(world)]).toEqual([['failed'], [], [1]]);
    expect([...credits.states.values()]).toEqual(['sent']);
    await clock.pass(1000);
    expect([...vendor.credited.values()]).toEqual([1]);
  });

  it('explains what happened to an update', async () => {
    const world = aWorld(USUAL);
    world.vendor.faults.push('items-busy');
    world.vendor.isAlwaysBusy = true;
    const submitted = submit(world, [{}]);
    await world.clock.pass(1000);
    const explanation = world.explanations.get(submitted.outcomes?.[0]?.updateId ?? '');
    expect(explanation).toMatchObject({
      priority: 'interactive',
      lane: { source: 'INSTORE', kind: 'customer' },
    });
    expect(explanation?.steps.map(({ event }) => event).join(' ')).toBe(
      'sent answered classified waits-for-retry sent answered classified settled',
    );
    expect(explanation?.steps[2]).toMatchObject({
      because: 'failed: customer-busy',
      decidedBy: '521: customer-busy (503)',
    });
  });
});
