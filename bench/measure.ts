import { setTimeout as sleep } from 'node:timers/promises';
import { type Contender, type ContenderName, loadOn, programsOf } from './contenders.js';
import { type LoadResult, type LoadSpec, type SteadyLoadSpec, nextCustomers, runLoad } from './load.js';
import type { Options, ScenarioName } from './options.js';
import { watchOthers } from './processor-time.js';
import type { Programs } from './programs.js';
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
  /** What is compared, if several loads or services have the same contender. */
  readonly name?: string;
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
  /** The share of the machine that other programs used during each measurement that counts. */
  readonly othersShares: number[];
  /** How many more measurements of this run may be repeated because other programs disturbed them. */
  repeatsLeft: number;
}

export interface Target {
  readonly scenario: ScenarioName;
  readonly contender: Contender;
  readonly vendor: Contender;
  readonly round: number;
  readonly name?: string;
  readonly vendorSettings?: StubSettings;
  /** The statuses that the load is about; 200 when left out. */
  readonly expects?: readonly number[];
}

type LoadOf<Spec extends LoadSpec | SteadyLoadSpec> = Omit<
  Spec,
  'url' | 'replicaUrls' | 'wording' | 'firstCustomer' | 'headers'
> &
  Partial<Pick<Spec, 'headers'>>;

/** A load without its contender. */
export type Load = LoadOf<LoadSpec> | LoadOf<SteadyLoadSpec>;

/** A measurement is disturbed when other programs use more than this share of the machine. */
const DISTURBED_SHARE = 0.1;

const MOST_REPEATS_OF_ONE = 2;

/** Measures again while other programs disturb it, a few times, and returns the least disturbed one. */
export async function undisturbed<T>(
  bench: Bench,
  shareOf: (one: T) => number,
  once: () => Promise<T>,
): Promise<T> {
  let best = await once();
  for (let repeat = 0; repeat < MOST_REPEATS_OF_ONE && shareOf(best) > DISTURBED_SHARE; repeat += 1) {
    if (bench.repeatsLeft === 0) break;
    bench.repeatsLeft -= 1;
    console.log('  disturbed by other programs: measured again');
    // oxlint-disable-next-line no-await-in-loop -- the machine is for one measurement at a time
    const again = await once();
    if (shareOf(again) < shareOf(best)) best = again;
  }
  bench.othersShares.push(shareOf(best));
  return best;
}

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
 * Puts one load on one contender, again if other programs disturb it.
 *
 * @throws Error if no response had an expected status, which means that the bench is broken
 */
export async function measure(bench: Bench, target: Target, load: Load): Promise<Measurement> {
  // A load without an answer shows a machine that did nothing but something else, if it is not the bench that is broken.
  const shareOf = (one: Measurement): number => (isAnswered(target, one.load) ? one.othersShare : 1);
  const found = await undisturbed(bench, shareOf, () => measureOnce(bench, target, load));
  if (isAnswered(target, found.load)) return found;
  const { contender, expects = [200] } = target;
  throw new Error(`${contender.name}: no response with ${expects.join(' or ')}`);
}

function isAnswered({ expects = [200] }: Target, { answers }: LoadResult): boolean {
  return expects.some((status) => answers[String(status)]);
}

/** Puts one load on one contender, for what cannot be repeated with the same process. */
export async function measureOnce(bench: Bench, target: Target, load: Load): Promise<Measurement> {
  const { scenario, contender, vendor, round, name, vendorSettings } = target;
  await sleep(SETTLE_MS);
  await resetStub(vendor.url, vendorSettings ?? { latencyMs: VENDOR_LATENCY_MS, callsPerMinute: 0 });
  const cpuMs = (): number => programsOf(contender).reduce((sum, program) => sum + program.cpuMs(), 0);
  const before = cpuMs();
  const othersShare = watchOthers();
  const spec = {
    ...loadOn(contender),
    ...load,
    headers: { ...contender.headers, ...load.headers },
    firstCustomer: nextCustomers(),
  };
  let result = await runLoad(bench.programs, spec);
  // A smoke run has no warm-up: on a busy machine the first seconds may pass without a response.
  for (
    let tries = 1;
    bench.options.isSmoke && !isAnswered(target, result) && tries < SMOKE_TRIES;
    tries += 1
  ) {
    // oxlint-disable-next-line no-await-in-loop -- until one succeeds
    result = await runLoad(bench.programs, spec);
  }
  const answerCount = Object.values(result.answers).reduce((sum, { count }) => sum + count, 0);
  const measurement: Measurement = {
    scenario,
    contender: contender.name,
    ...(name !== undefined && { name }),
    round,
    load: result,
    cpuUsPerAnswer: ((cpuMs() - before) * 1000) / answerCount,
    othersShare: othersShare(),
    counts: await readCounts(vendor.url),
    rssMb: programsOf(contender).reduce((sum, program) => sum + program.rssMb(), 0),
  };
  bench.measurements.push(measurement);
  console.log(describe(measurement));
  return measurement;
}

/** Rotates the order in each round, so that no contender always runs at the quiet or the noisy moment. */
export function rotated<T>(list: readonly T[], round: number): T[] {
  const from = round % list.length;
  return [...list.slice(from), ...list.slice(0, from)];
}

function describe(measurement: Measurement): string {
  const { scenario, contender, name = contender, round, load, cpuUsPerAnswer, othersShare } = measurement;
  const answers = Object.entries(load.answers).map(
    ([status, { count, p50, p99 }]) =>
      `${count} × ${status} (median ${p50.toFixed(2)} ms, p99 ${p99.toFixed(1)} ms)`,
  );
  if (load.errors > 0) answers.push(`${load.errors} broken`);
  const cpu = `${cpuUsPerAnswer.toFixed(0)} µs of processor each`;
  const others = `other programs took ${(othersShare * 100).toFixed(0)} % of the machine`;
  return `  ${scenario} ${round + 1}, ${name}: ${answers.join(', ')}, ${cpu}; ${others}`;
}
