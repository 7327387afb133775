import { setTimeout as sleep } from 'node:timers/promises';
import { startService, startVendor, stopContenders } from '../contenders.js';
import { type Bench, undisturbed, warmUp } from '../measure.js';
import { type DatabaseChoice, type Driver, withEachDriver } from '../postgres.js';
import { watchOthers } from '../processor-time.js';
import type { Figure } from '../report.js';

/** The compilers and the collector still work for some seconds after the last request. */
const SETTLE_SECONDS = 5;

interface Idle {
  readonly percent: number;
  readonly othersShare: number;
}

async function measureDriver(bench: Bench, driver: Driver, choice: DatabaseChoice): Promise<Figure[]> {
  const { programs, options } = bench;
  const vendor = await startVendor(programs);
  const service = await startService(programs, vendor.url, choice);
  await warmUp(bench, [service]);
  if (!options.isSmoke) await sleep(SETTLE_SECONDS * 1000);
  const once = async (): Promise<Idle> => {
    const [before, othersShare] = [service.program.cpuMs(), watchOthers()];
    await sleep(options.steadySeconds * 1000);
    const percent = (service.program.cpuMs() - before) / (options.steadySeconds * 10);
    return { percent, othersShare: othersShare() };
  };
  const perRound: number[] = [];
  for (let round = 0; round < options.rounds; round += 1) {
    const { percent } = await undisturbed(bench, (one) => one.othersShare, once);
    console.log(`  idle ${round + 1}, ${driver}: ${percent.toFixed(2)} % of a core`);
    perRound.push(percent);
  }
  await stopContenders([service, vendor]);
  return [
    {
      what: `processor of the idle service, ${driver}`,
      unit: '% of a core',
      perRound,
      target: { atMost: 1 },
    },
  ];
}

/** Measures what the service uses while no caller does anything. */
export async function measureIdle(bench: Bench): Promise<Figure[]> {
  return withEachDriver(bench, (driver, choice) => measureDriver(bench, driver, choice));
}
