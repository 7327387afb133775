import { startService, startVendor, stopContenders } from '../contenders.js';
import { mean, slope } from '../figures.js';
import { answersWith } from '../load.js';
import { type Bench, VENDOR_LATENCY_MS, measureOnce } from '../measure.js';
import { type DatabaseChoice, type Driver, withEachDriver } from '../postgres.js';
import type { Figure } from '../report.js';

const CALLS_PER_MINUTE = 300;
const UPDATES_PER_CALL = 100;
const CAPACITY_PER_SECOND = (CALLS_PER_MINUTE * UPDATES_PER_CALL) / 60;
const SAMPLE_MS = 2000;

const MOST_MB: Record<Driver, number> = { postgres: 250, embedded: 600 };

async function measureDriver(bench: Bench, driver: Driver, choice: DatabaseChoice): Promise<Figure[]> {
  const { programs, options } = bench;
  const { memorySeconds, memoryDeadline } = options;
  const figure = (what: string, unit: string, value: number): Figure => ({
    what: `${driver}: ${what}`,
    unit,
    perRound: [value],
  });
  const vendor = await startVendor(programs);
  const service = await startService(programs, vendor.url, {
    UPSTREAM_CALLS_PER_MINUTE: String(CALLS_PER_MINUTE),
    UPSTREAM_MAX_BATCH: String(UPDATES_PER_CALL),
    ...choice,
  });
  const startedAt = performance.now();
  const samples: [minutes: number, rssMb: number][] = [];
  const sample = (): void =>
    void samples.push([(performance.now() - startedAt) / 60_000, service.program.rssMb()]);
  sample();
  const sampling = setInterval(sample, SAMPLE_MS);
  const target = {
    scenario: 'memory' as const,
    name: driver,
    contender: service,
    vendor,
    round: 0,
    vendorSettings: { latencyMs: VENDOR_LATENCY_MS, callsPerMinute: CALLS_PER_MINUTE },
  };
  const { load, counts, othersShare } = await measureOnce(bench, target, {
    seconds: memorySeconds,
    requestsPerSecond: 2 * CAPACITY_PER_SECOND,
    headers: { 'Request-Timeout': String(memoryDeadline) },
  }).finally(() => clearInterval(sampling));
  bench.othersShares.push(othersShare);
  await stopContenders([service, vendor]);

  const part = (from: number, to: number): (readonly [number, number])[] =>
    samples.slice(Math.floor(samples.length * from), Math.max(1, Math.ceil(samples.length * to)));
  const meanMb = (from: number, to: number): number => mean(part(from, to).map(([, mb]) => mb));
  const [served, refused] = [answersWith(load, 200), answersWith(load, 503)];
  const perSecond = (status: number): number => answersWith(load, status).count / load.seconds;
  return [
    {
      ...figure('highest memory', 'MB', Math.max(...samples.map(([, mb]) => mb))),
      target: { atMost: MOST_MB[driver] },
    },
    { ...figure('slope of memory in the second half', 'MB/min', slope(part(0.5, 1))), target: { atMost: 1 } },
    figure('memory at the start', 'MB', samples[0]?.[1] ?? NaN),
    figure('memory in the middle tenth', 'MB', meanMb(0.45, 0.55)),
    figure('memory in the last tenth', 'MB', meanMb(0.9, 1)),
    { ...figure('refused updates answered within, p99', 'ms', refused.p99), target: { atMost: 50 } },
    figure('refused updates answered within, median', 'ms', refused.p50),
    figure('refused updates (503)', '/s', perSecond(503)),
    figure('served updates (200)', '/s', perSecond(200)),
    figure('served updates answered within, median', 'ms', served.p50),
    figure('updates in doubt (504)', '/s', perSecond(504)),
    figure('updates in a call', '', counts.items / counts.calls),
    figure('429s provoked', '', counts.refused),
  ];
}

/**
 * Sends twice what the vendor can take, for a minute or longer, with both databases. About as many callers wait as there
 * are updates within the deadline: 2 seconds make 1,000 connections. A disturbed measurement is not repeated: memory
 * depends little on other programs, and the time is long.
 */
export async function measureMemory(bench: Bench): Promise<Figure[]> {
  return withEachDriver(bench, (driver, choice) => measureDriver(bench, driver, choice));
}
