import { setTimeout as sleep } from 'node:timers/promises';
import { type Contender, startService, startVendor, stopContenders } from '../contenders.js';
import { nextCustomers } from '../load.js';
import { type Bench, VENDOR_LATENCY_MS, warmUp } from '../measure.js';
import type { Figure } from '../report.js';
import { JSON_HEADERS, mobileOf } from '../request-bodies.js';
import { type Case, cpuUs, measureRounds, medianMs } from '../rounds.js';

const PER_SECOND = 400;

/** Paced over the minute, and shared in turns by the lane of the load and the lane of the updates that wait. */
const CALLS_PER_MINUTE = 1200;
/** So few that 10,000 updates wait for minutes, and that every call of their lane is full with 10 of them, too. */
const ASSOCIATIONS_PER_CALL = 2;
const DEADLINE_MS = 600_000;

/** Requests of 1,000 updates, which is the most, or of 5. Two small ones leave updates when one of them is answered. */
const BATCHES = {
  '10,000 pending': { requests: 10, updates: 1000 },
  '10 pending': { requests: 2, updates: 5 },
};
type Name = keyof typeof BATCHES;

/** The time in which all of them are admitted. */
const ADMIT_MS = 2000;

function writeBatch(updateCount: number): string {
  const first = nextCustomers();
  const associations = Array.from({ length: updateCount }, (_, index) => ({
    identifiers: [{ type: 'mobile', value: mobileOf(first + index) }],
    loyaltyType: 'loyalty',
    hierarchyCode: 'fleet',
    roleCode: 'FA',
    fleetCompany: { externalId: 'bench' },
  }));
  return JSON.stringify({ associations });
}

/** Keeps updates waiting for calls while `run` runs. @throws Error if one of them was not delivered */
async function withWaiting<T>(service: Contender, name: Name, run: () => Promise<T>): Promise<T> {
  const over = new AbortController();
  const { requests, updates } = BATCHES[name];
  const keepOneWaiting = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const answer = await fetch(`${service.url}/v1/hierarchy/associations/batch`, {
        method: 'PUT',
        headers: { ...JSON_HEADERS, ...service.headers },
        body: writeBatch(updates),
        signal: over.signal,
      });
      const text = await answer.text();
      if (!answer.ok || text.split('"outcome":"updated"').length - 1 !== updates)
        throw new Error(`updates that should wait did not: ${answer.status} ${text.slice(0, 500)}`);
    }
  };
  const waiting = Promise.all(Array.from({ length: requests }, keepOneWaiting)).catch((error: unknown) => {
    if (!over.signal.aborted) throw error;
  });
  try {
    await Promise.race([waiting, sleep(ADMIT_MS)]);
    const result = await Promise.race([run(), waiting]);
    return result as T;
  } finally {
    over.abort();
    await waiting;
    await sleep(ADMIT_MS);
  }
}

/**
 * Measures whether requests cost more when many updates wait. Two routes share few calls in turns. The calls of
 * associations are small, so their updates wait for minutes; the calls of customers take all that arrived. The same number
 * of both is delivered with 10,000 pending updates and with 10.
 */
export async function measurePending(bench: Bench): Promise<Figure[]> {
  const { programs, options } = bench;
  const vendor = await startVendor(programs);
  const service = await startService(programs, vendor.url, {
    DATA_DIR: programs.newFile('data'),
    UPSTREAM_CALLS_PER_MINUTE: String(CALLS_PER_MINUTE),
    UPSTREAM_MAX_BATCH_ASSOCIATIONS: String(ASSOCIATIONS_PER_CALL),
    REQUEST_DEADLINE_MS: String(DEADLINE_MS),
    MAX_PENDING_UPDATES: '20000',
  });
  await warmUp(bench, [service]);
  const caseOf = (name: Name): Case => ({
    contender: service,
    load: { seconds: options.steadySeconds, requestsPerSecond: PER_SECOND },
    vendorSettings: { latencyMs: VENDOR_LATENCY_MS, callsPerMinute: CALLS_PER_MINUTE },
    surround: (run) => withWaiting(service, name, run),
  });
  const names = Object.keys(BATCHES) as Name[];
  const cases = Object.fromEntries(names.map((name) => [name, caseOf(name)]));
  const rounds = await measureRounds(bench, 'pending', vendor, cases);
  await stopContenders([service, vendor]);
  return [
    {
      what: `processor time per request at ${PER_SECOND}/s, 10,000 pending updates against 10`,
      unit: '×',
      perRound: rounds.ratio('10,000 pending', '10 pending', cpuUs),
      target: { atMost: 1.1 },
    },
    ...rounds.cpuFigures(names, ` at ${PER_SECOND}/s`),
    ...names.map((name) => ({
      what: `updates in a call, ${name}`,
      unit: '',
      perRound: rounds.each(name, ({ counts }) => counts.items / counts.calls),
    })),
    ...names.map((name) => ({
      what: `median latency at ${PER_SECOND}/s, ${name}`,
      unit: 'ms',
      perRound: rounds.each(name, medianMs),
    })),
  ];
}
