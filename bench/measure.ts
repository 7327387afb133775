import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Contender, type ContenderName, loadOn } from './contenders.js';
import { type LoadResult, type LoadSpec, type SteadyLoadSpec, nextCustomers, runLoad } from './load.js';
import type { Options, ScenarioName } from './options.js';
import { type Programs, machineBusyMs } from './programs.js';
import { type StubCounts, type StubSettings, readCounts, resetStub } from './stub-control.js';

/** A fast vendor, so that the time added in front of it is visible. */
export const VENDOR_LATENCY_MS = 20;

/** Time for leftover requests of the previous load to end, and for memory to be freed. */
const SETTLE_MS = 300;

const WARM_UP_CONNECTIONS = 64;

const SMOKE_TRIES = 10;

/** The result of one load on one contender. */
export interface Measurement {
  readonly scenario: ScenarioName;
  readonly contender: ContenderName;
  readonly round: number;
  readonly load: LoadResult;
  /** The calls that reached the vendor. */
  readonly counts: StubCounts;
  /** Processor time of the contender per response, in microseconds. */
  readonly cpuUsPerAnswer: number;
  /** The share of the machine that other programs used meanwhile, from 0 to 1: they disturb the measurement. */
  readonly othersShare: number;
  /** Its memory right after the load. */
  readonly rssMb: number;
}

/** The input of a scenario: how much to measure, where to start programs, and where to put the measurements. */
export interface Bench {
  readonly programs: Programs;
  readonly options: Options;
  readonly measurements: Measurement[];
}

export interface Target {
  readonly scenario: ScenarioName;
  readonly contender: Contender;
  readonly vendor: Contender;
  readonly round: number;
  readonly vendorSettings?: StubSettings;
  /** The status without which the bench is broken; 200 unless the load is to be refused. */
  readonly mustSee?: 200 | 503;
}

/** A load without its contender. */
type Load<Spec extends LoadSpec | SteadyLoadSpec> = Omit<
  Spec,
  'url' | 'wording' | 'firstCustomer' | 'headers'
> &
  Partial<Pick<Spec, 'headers'>>;

/** Warms up the compilers of all contenders before anything is measured. */
export async function warmUp(bench: Bench, contenders: readonly Contender[]): Promise<void> {
  if (bench.options.warmUpSeconds === 0) return;
  for (const contender of contenders) {
    await runLoad(bench.programs, {
      ...loadOn(contender),
      connections: WARM_UP_CONNECTIONS,
      seconds: bench.options.warmUpSeconds,
      firstCustomer: nextCustomers(),
    });
  }
}

/**
 * Puts one load on one contender.
 *
 * @throws Error if no request got the status that it must see, which means that the bench is broken
 */
export async function measure(
  bench: Bench,
  { scenario, contender, vendor, round, vendorSettings, mustSee = 200 }: Target,
  load: Load<LoadSpec> | Load<SteadyLoadSpec>,
): Promise<Measurement> {
  await sleep(SETTLE_MS);
  await resetStub(vendor.url, vendorSettings ?? { latencyMs: VENDOR_LATENCY_MS, callsPerMinute: 0 });
  const before = lookAt(contender, vendor);
  const spec = {
    ...loadOn(contender),
    ...load,
    headers: { ...contender.headers, ...load.headers },
    firstCustomer: nextCustomers(),
  };
  let result = await runLoad(bench.programs, spec);
  // A smoke run has no warm-up: on a busy machine the first seconds may pass without a response.
  for (let tries = 1; bench.options.isSmoke && !result.answers[mustSee] && tries < SMOKE_TRIES; tries += 1) {
    // oxlint-disable-next-line no-await-in-loop -- until one succeeds
    result = await runLoad(bench.programs, spec);
  }
  const after = lookAt(contender, vendor);
  const cpuMs = after.contenderMs - before.contenderMs;
  const othersMs = after.othersMs - before.othersMs - result.cpuMs;
  const answerCount = Object.values(result.answers).reduce((sum, { count }) => sum + count, 0);
  const measurement: Measurement = {
    scenario,
    contender: contender.name,
    round,
    load: result,
    counts: await readCounts(vendor.url),
    cpuUsPerAnswer: (cpuMs * 1000) / answerCount,
    othersShare: Math.max(0, othersMs) / ((after.at - before.at) * availableParallelism()),
    rssMb: contender.program.rssMb(),
  };
  bench.measurements.push(measurement);
  console.log(describe(measurement));
  if (!result.answers[mustSee]) throw new Error(`${contender.name}: no request got ${mustSee}`);
  return measurement;
}

/** Reads the processor time that the contender and all programs outside of the bench have used so far. */
function lookAt(contender: Contender, vendor: Contender) {
  const contenderMs = contender.program.cpuMs();
  const vendorMs = vendor === contender ? 0 : vendor.program.cpuMs();
  const { user, system } = process.cpuUsage();
  const othersMs = machineBusyMs() - contenderMs - vendorMs - (user + system) / 1000;
  return { at: performance.now(), contenderMs, othersMs };
}

/** Rotates the order in each round, so that no contender always runs at the quiet or the noisy moment. */
export function rotated<T>(list: readonly T[], round: number): T[] {
  const from = round % list.length;
  return [...list.slice(from), ...list.slice(0, from)];
}

function describe({ scenario, contender, round, load, cpuUsPerAnswer, othersShare }: Measurement): string {
  const answers = Object.entries(load.answers).map(
    ([status, { count, p50, p99 }]) =>
      `${count} × ${status} (median ${p50.toFixed(2)} ms, p99 ${p99.toFixed(1)} ms)`,
  );
  if (load.errors > 0) answers.push(`${load.errors} broken`);
  const cpu = `${cpuUsPerAnswer.toFixed(0)} µs of processor each`;
  const others = `other programs took ${(othersShare * 100).toFixed(0)} % of the machine`;
  return `  ${scenario} ${round + 1}, ${contender}: ${answers.join(', ')}, ${cpu}; ${others}`;
}
