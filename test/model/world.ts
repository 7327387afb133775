import { Settings } from '../../src/config/settings.js';
import { Preflight } from '../../src/delivery/call/preflight.service.js';
import { CreditJournal } from '../../src/delivery/call/credit-journal.service.js';
import type { CustomerKey } from '../../src/delivery/customer-key.js';
import type { CustomerLeases } from '../../src/delivery/call/customer-leases.service.js';
import { DeliveryService } from '../../src/delivery/delivery.service.js';
import { ExplanationsService } from '../../src/delivery/explanations.service.js';
import type { ExplanationWriter } from '../../src/delivery/explanation-writer.service.js';
import type { PendingUpdate } from '../../src/delivery/queue/pending-update.js';
import type { PendingSet } from '../../src/delivery/queue/pending-set.js';
import type { Update } from '../../src/delivery/update.js';
import type { EventLog } from '../../src/observability/event-log.js';
import { KeyedHash } from '../../src/observability/keyed-hash.js';
import type { CreditsRepository } from '../../src/records/credits.repository.js';
import type { ExplanationsRepository } from '../../src/records/explanations.repository.js';
import type { BulkClient } from '../../src/upstream/bulk.client.js';
import type { BulkItem } from '../../src/upstream/bulk-request.js';
import { CallBudget } from '../../src/upstream/call-budget.js';
import { CallQuota } from '../../src/upstream/call-quota.js';
import type { SharedBudget } from '../../src/upstream/shared-budget.js';
import { UnwrittenRecords } from '../../src/records/unwritten-records.js';
import { CreditsModel } from './credits-model.js';
import { SimulatedClock, randomNumbers } from './simulated-clock.js';
import { type Subject, VendorModel } from './vendor-model.js';

/** An update of a history: customers are numbers, so that they collide often. */
export interface Plan {
  readonly customer: number;
  /** Which of two identifiers it has, or both. */
  readonly known: 'by-id' | 'by-mobile' | 'by-both';
  readonly parent: number | undefined;
  readonly children: readonly number[];
  readonly points: number;
  readonly nature: Subject['nature'];
  readonly lane: number;
  /** The tag; a tag is generated when it is absent. */
  readonly tag?: string;
  /** How many characters are added to the item. */
  readonly padding?: number;
}

/** Delivery with a clock, random numbers and a vendor of its own. */
export interface World {
  readonly clock: SimulatedClock;
  readonly vendor: VendorModel;
  readonly credits: CreditsModel;
  readonly delivery: DeliveryService;
  readonly explanations: ExplanationsService;
  /** The events that were logged. */
  readonly events: { readonly event: string; readonly facts: Record<string, unknown> }[];
}

export interface Conditions {
  readonly seed: number;
  readonly callsPerMinute: number;
  readonly concurrency: number;
  readonly batch: number;
  readonly vendorBatch: number;
  readonly room: number;
  readonly bodyBytes?: number;
  readonly pendingBytes?: number;
  /** Whether other instances hold customers, and use up the minute. */
  readonly hasOthers?: boolean;
}

/** Models other instances: now and then they hold a customer, or have taken the last call of the minute. */
function otherInstances(areThere: boolean, random: () => number) {
  return {
    acquire: async (members: readonly PendingUpdate[]): Promise<readonly PendingUpdate[]> =>
      areThere ? members.filter(() => random() > 0.1) : members,
    take: async (): Promise<number> => (areThere && random() < 0.1 ? random() * 5000 : 0),
  };
}

export function aWorld(conditions: Conditions): World {
  const {
    seed,
    callsPerMinute,
    concurrency,
    batch,
    vendorBatch,
    room,
    bodyBytes,
    pendingBytes,
    hasOthers = false,
  } = conditions;
  const random = randomNumbers(seed);
  const clock = new SimulatedClock(random);
  const vendor = new VendorModel(clock, { calls: callsPerMinute, items: batch, concurrency }, random);
  vendor.maxBatch = vendorBatch;
  const settings = Object.assign(new Settings(), {
    UPSTREAM_MAX_BATCH: batch,
    UPSTREAM_MAX_CONCURRENCY: concurrency,
    MAX_PENDING_UPDATES: room,
    DRAIN_TIMEOUT_MS: 3000,
    ...(bodyBytes !== undefined && { UPSTREAM_MAX_BODY_BYTES: bodyBytes }),
    ...(pendingBytes !== undefined && { MAX_PENDING_BYTES: pendingBytes }),
  });
  const events: World['events'] = [];
  const log = {
    write: (_level: string, event: string, facts: Record<string, unknown> = {}) =>
      void events.push({ event, facts }),
    conclude: (event: string, facts: Record<string, unknown>) => void events.push({ event, facts }),
    fault: (event: string) => {
      if (event === 'credits.not-noted') events.push({ event, facts: {} });
      else vendor.broken.push(event);
    },
  };
  const others = otherInstances(hasOthers, random);
  const credits = new CreditsModel(clock, random);
  vendor.isNoted = (id) => credits.states.get(id) === 'sent';
  const eventLog = log as unknown as EventLog;
  const journal = new CreditJournal(
    credits as unknown as CreditsRepository,
    new UnwrittenRecords(credits.losable.database, settings, eventLog),
    eventLog,
  );
  const leases = { acquire: others.acquire, release: () => undefined } as unknown as CustomerLeases;
  const shared = { take: others.take, end: () => undefined } as unknown as SharedBudget;
  const quota = new CallQuota(new CallBudget(callsPerMinute), shared, eventLog);
  // What is stored of explanations is not part of the model.
  const explanations = new ExplanationsService(
    {} as unknown as ExplanationsRepository,
    { add: () => undefined } as unknown as ExplanationWriter,
    settings,
  );
  const delivery = new DeliveryService(
    vendor as unknown as BulkClient,
    quota,
    clock,
    settings,
    eventLog,
    new Preflight(leases, quota, journal),
    journal,
    new KeyedHash(settings),
    explanations,
  );
  // Each update settles in its own time, which the response to the whole request does not show.
  vendor.beforeCall = () => {
    const waiting = new Set(pendingTags(delivery));
    for (const subject of vendor.subjects.values()) subject.isSettled = !waiting.has(subject.tag);
  };
  return { clock, vendor, credits, delivery, explanations, events };
}

const key = (text: string): CustomerKey => text as CustomerKey;

export function anUpdate(plan: Plan, tag: string): Update {
  const { customer, known, parent, children, points, lane, padding = 0 } = plan;
  const item = (loyaltyPoints: number): BulkItem => ({
    profiles: [{ firstName: tag, lastName: 'x'.repeat(padding), identifiers: [], source: 'INSTORE' }],
    loyaltyInfo: { loyaltyType: 'loyalty' },
    loyaltyProgramEnrollments: [{ programId: 1, ...(loyaltyPoints > 0 && { loyaltyPoints }) }],
  });
  return {
    route: { source: 'INSTORE', accountId: `lane-${lane}` },
    kind: parent === undefined && children.length === 0 ? 'customer' : 'association',
    item: item(points),
    ...(points > 0 && {
      credit: { points, perProgram: [points], itemWithoutPoints: item(0), id: `credit-${tag}` },
    }),
    customer: [
      ...(known === 'by-mobile' ? [] : [key(`externalId:c${customer}`)]),
      ...(known === 'by-id' ? [] : [key(`mobile:${919900000000 + customer}`)]),
    ],
    children: children.map((child) => [key(`externalId:c${child}`)]),
    parent: parent === undefined ? [] : [key(`externalId:c${parent}`)],
    doubts: [],
  };
}

/** The private state of delivery: read to prove that nothing is left over. */
export function internals(delivery: DeliveryService): {
  pending: PendingSet;
  capacity: { openCalls: number };
} {
  return delivery as unknown as ReturnType<typeof internals>;
}

export function pendingTags(delivery: DeliveryService): string[] {
  return [...internals(delivery).pending]
    .filter(({ isSettled }) => !isSettled)
    .map(({ item }) => item.item.profiles[0].firstName ?? '');
}
