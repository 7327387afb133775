import { startService, startVendor, stopContenders } from '../contenders.js';
import { type Bench, warmUp } from '../measure.js';
import { type DatabaseChoice, type Driver, withEachDriver } from '../postgres.js';
import type { Figure } from '../report.js';
import { cpuUs, measureRounds, medianMs } from '../rounds.js';

const PER_SECOND = 400;
const NAMES = ['with a key', 'without a key'] as const;

/** The embedded database has no goal of its own. */
const MOST: Partial<Record<Driver, number>> = { postgres: 1.5 };

async function measureDriver(bench: Bench, driver: Driver, choice: DatabaseChoice): Promise<Figure[]> {
  const { programs, options } = bench;
  const vendor = await startVendor(programs);
  const service = await startService(programs, vendor.url, { ...choice, UPSTREAM_CALLS_PER_MINUTE: '0' });
  await warmUp(bench, [service]);
  const load = { seconds: options.steadySeconds, requestsPerSecond: PER_SECOND };
  const rounds = await measureRounds(bench, 'keyed', vendor, {
    'with a key': { contender: service, load: { ...load, hasKeys: true } },
    'without a key': { contender: service, load },
  });
  await stopContenders([service, vendor]);
  const atMost = MOST[driver];
  return [
    {
      what: `processor time with an Idempotency-Key at ${PER_SECOND}/s against none, ${driver}`,
      unit: '×',
      perRound: rounds.ratio('with a key', 'without a key', cpuUs),
      ...(atMost !== undefined && { target: { atMost } }),
    },
    ...rounds.cpuFigures(NAMES, ` at ${PER_SECOND}/s, ${driver}`),
    ...NAMES.map((name) => ({
      what: `median latency at ${PER_SECOND}/s, ${driver}, ${name}`,
      unit: 'ms',
      perRound: rounds.each(name, medianMs),
    })),
  ];
}

/** Measures what an Idempotency-Key costs the service, in the same process and at the same fixed rate. */
export async function measureKeyed(bench: Bench): Promise<Figure[]> {
  return withEachDriver(bench, (driver, choice) => measureDriver(bench, driver, choice));
}
