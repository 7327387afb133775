import { parseArgs } from 'node:util';

export const SCENARIOS = [
  'latency',
  'throughput',
  'steady',
  'refusal',
  'health',
  'keyed',
  'seen',
  'pending',
  'cold',
  'start',
  'idle',
  'replicas',
  'budget',
  'memory',
  'overload',
  'profile',
  'import',
  'storage',
  'batch',
] as const;

export type ScenarioName = (typeof SCENARIOS)[number];

/** The scenarios of a run without names: those that end within half an hour. */
const USUAL: readonly ScenarioName[] = ['latency', 'throughput', 'steady', 'budget'];
const QUICK_ONES: readonly ScenarioName[] = ['throughput', 'steady'];
/** Together they start every contender and every kind of load. */
const SMOKE_ONES: readonly ScenarioName[] = ['throughput', 'steady', 'budget'];

/** How much is measured, and for how long. */
export interface Options {
  readonly scenarios: readonly ScenarioName[];
  /** Whether the run only shows that the bench works; its figures mean nothing. */
  readonly isSmoke: boolean;
  readonly rounds: number;
  /** Duration of one load of latency and throughput. */
  readonly seconds: number;
  /** Duration of one load at a fixed rate. */
  readonly steadySeconds: number;
  readonly warmUpSeconds: number;
  /** Duration of one load under a limit of calls per minute. */
  readonly budgetSeconds: number;
  readonly budgetRounds: number;
  readonly memorySeconds: number;
  /** The Request-Timeout of the callers of memory, in seconds. */
  readonly memoryDeadline: number;
  /** Duration of one load beyond the budget, and of the pause after it. */
  readonly overloadSeconds: number;
  readonly importLines: number;
  /** How many measurements may be repeated in the whole run, because other programs disturbed them. */
  readonly repeats: number;
}

/** Under two minutes: enough to see a large change. */
const QUICK = {
  rounds: 1,
  seconds: 3,
  steadySeconds: 6,
  warmUpSeconds: 3,
  repeats: 1,
  overloadSeconds: 20,
};

const SMOKE = {
  rounds: 1,
  seconds: 0.5,
  steadySeconds: 2,
  warmUpSeconds: 0,
  budgetSeconds: 1,
  budgetRounds: 1,
  memorySeconds: 5,
  overloadSeconds: 4,
  importLines: 2000,
  repeats: 0,
};

function wholeNumber(name: string, given: string, most: number): number {
  const number = Number(given);
  if (!Number.isInteger(number) || number < 1 || number > most)
    throw new Error(`--${name} must be a whole number from 1 to ${most}`);
  return number;
}

/**
 * Reads the command line. Every number has an upper bound, so that every run ends.
 *
 * @throws Error that names the allowed values
 */
export function readOptions(args: string[]): Options {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      smoke: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string' },
      deadline: { type: 'string', default: '2' },
      lines: { type: 'string', default: '1000000' },
    },
  });
  const unknown = positionals.find((name) => !SCENARIOS.some((one) => one === name));
  if (unknown !== undefined) throw new Error(`there is no scenario ${unknown}, only ${SCENARIOS.join(', ')}`);
  const named = SCENARIOS.filter((name) => positionals.includes(name));
  const rounds = wholeNumber('rounds', values.rounds, 20);
  const seconds = values.seconds === undefined ? undefined : wholeNumber('seconds', values.seconds, 600);
  return {
    scenarios: named.length > 0 ? named : values.smoke ? SMOKE_ONES : values.quick ? QUICK_ONES : USUAL,
    isSmoke: values.smoke,
    rounds,
    seconds: seconds ?? 8,
    steadySeconds: 2 * (seconds ?? 8),
    warmUpSeconds: 10,
    budgetSeconds: 60,
    budgetRounds: Math.min(rounds, 3),
    memorySeconds: seconds ?? 60,
    memoryDeadline: wholeNumber('deadline', values.deadline, 10),
    overloadSeconds: 60,
    importLines: wholeNumber('lines', values.lines, 10_000_000),
    repeats: 10,
    ...(values.quick && QUICK),
    ...(values.smoke && SMOKE),
  };
}
