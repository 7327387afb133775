import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Contender, type ContenderName, loadOn } from './contenders.js';
import { type LoadResult, type LoadSpec, type SteadyLoadSpec, nextCustomers, runLoad } from './load.js';
import type { Options, ScenarioName } from './options.js';
import { type Programs, machineBusyMs } from './programs.js';
import { type StubCounts, type StubSettings, readCounts, resetStub } from './stub-control.js';

/** As fast as a vendor may be, so that what is in front of it shows. */
export const VENDOR_LATENCY_MS = 20;

/** Requests that a load has left behind, and memory that is being given back. */
const SETTLE_MS = 300;

const WARM_UP_CONNECTIONS = 64;

/** What one load on one contender came to. */
export interface Measurement {
  readonly scenario: ScenarioName;
  readonly contender: ContenderName;
  readonly round: number;
  readonly load: LoadResult;
  /** What of it came to the vendor. */
  readonly counts: StubCounts;
  /** Processor time of the contender for one answer, in microseconds. */
  readonly cpuUsPerAnswer: number;
  /** What programs that are not of the bench took of the machine meanwhile, from 0 to 1: they disturb the measurement. */
  readonly othersShare: number;
  /** Its memory right after the load. */
  readonly rssMb: number;
}

/** What a scenario is given: how much to measure, where to start programs, and a place for all that was measured. */
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
}

/** A load but for whom it is put on. */
type Load<Spec extends LoadSpec | SteadyLoadSpec> = Omit<
  Spec,
  'url' | 'wording' | 'firstCustomer' | 'headers'
> &
  Partial<Pick<Spec, 'headers'>>;

/** Lets the compilers of all contenders do their work before anything is measured. */
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
 * @throws Error where no request succeeded: then it is the bench that is broken
 */
export async function measure(
  bench: Bench,
  { scenario, contender, vendor, round, vendorSettings }: Target,
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
  const result = await runLoad(bench.programs, spec);
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
  if (!result.answers['200']) throw new Error(`${contender.name}: no request succeeded`);
  return measurement;
}

/** What has been used of the processors so far, by the contender, and by whoever is not of the bench. */
function lookAt(contender: Contender, vendor: Contender) {
  const contenderMs = contender.program.cpuMs();
  const vendorMs = vendor === contender ? 0 : vendor.program.cpuMs();
  const { user, system } = process.cpuUsage();
  const othersMs = machineBusyMs() - contenderMs - vendorMs - (user + system) / 1000;
  return { at: performance.now(), contenderMs, othersMs };
}

/** Another order in each round, so that nobody always has the quiet or the noisy moment. */
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
  const others = `others took ${(othersShare * 100).toFixed(0)} % of the machine`;
  return `  ${scenario} ${round + 1}, ${contender}: ${answers.join(', ')}, ${cpu}; ${others}`;
}
