import { describe, expect, it } from 'vitest';
import { DeliveryService } from '../../src/delivery/delivery.service.js';
import { randomNumbers } from './simulated-clock.js';
import { type Plan, aWorld, anUpdate, internals } from './world.js';

/** `npm run test:overlaps` sets a million. */
const UPDATES = Number(process.env['MODEL_UPDATES'] ?? 20_000);
const SEED = Number(process.env['MODEL_SEED'] ?? 1);

/** The number of customers; the popular ones are in most families. */
const CUSTOMERS = 20_000;
const POPULAR = 300;
const ARRIVALS_PER_MS = 4;

function aPlan(random: () => number): Plan {
  const anyone = (): number => Math.floor(random() * (random() < 0.2 ? POPULAR : CUSTOMERS));
  const known = (['by-id', 'by-mobile', 'by-both'] as const)[Math.floor(random() * 3)] ?? 'by-both';
  const childCount = random() < 0.1 ? 1 + Math.floor(random() * 3) : 0;
  return {
    customer: anyone(),
    known,
    parent: random() < 0.1 ? anyone() : undefined,
    children: Array.from({ length: childCount }, anyone),
    points: random() < 0.2 ? 1 : 0,
    nature: 'good',
    lane: Math.floor(random() * 2),
  };
}

describe(DeliveryService.name, () => {
  it(`touches no customer twice at once in ${UPDATES} random updates`, { timeout: 1_800_000 }, async () => {
    const { clock, vendor, delivery } = aWorld({
      seed: SEED,
      callsPerMinute: 0,
      concurrency: 8,
      batch: 100,
      vendorBatch: Infinity,
      room: 5000,
    });
    vendor.looksAtOrder = false; // the random histories check the order, and are short enough for it
    vendor.beforeCall = () => undefined;
    const random = randomNumbers(SEED + 1);
    const gone = new AbortController().signal;
    const counts = { updated: 0, others: 0 };
    const submit = async (sequence: number): Promise<void> => {
      const tag = `u${sequence}`;
      const plan = aPlan(random);
      const update = anUpdate(plan, tag);
      const deadlineAt = clock.now() + 60_000;
      const owned = [...update.customer, ...update.children.flat()];
      const named = update.parent.filter((key) => !owned.includes(key));
      vendor.subjects.set(tag, {
        tag,
        owned,
        named,
        points: plan.points,
        nature: plan.nature,
        submittedAs: sequence,
        deadlineAt,
        gone,
        isSettled: false,
      });
      const [outcome] = await delivery.submit([update], { deadlineAt, signal: gone });
      if (outcome?.outcome === 'updated') counts.updated += 1;
      else counts.others += 1;
      vendor.subjects.delete(tag);
    };
    for (let sent = 0; sent < UPDATES; sent += ARRIVALS_PER_MS) {
      for (let each = 0; each < ARRIVALS_PER_MS; each += 1) void submit(sent + each);
      await clock.pass(1);
    }
    await clock.pass(120_000);

    console.log(`${UPDATES} updates in ${vendor.calls.length} calls: ${JSON.stringify(counts)}`);
    expect(vendor.broken).toEqual([]);
    expect(counts.updated + counts.others).toBe(UPDATES);
    expect(counts.updated).toBeGreaterThan(UPDATES * 0.9);
    expect(internals(delivery).pending.count).toBe(0);
  });
});
