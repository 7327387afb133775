import { startService, startVendor, stopContenders, waitUntilReady } from '../contenders.js';
import { type Bench, undisturbed } from '../measure.js';
import { type DatabaseChoice, type Driver, withEachDriver } from '../postgres.js';
import { watchOthers } from '../processor-time.js';
import type { Figure } from '../report.js';

const MOST_SECONDS: Record<Driver, number> = { postgres: 1, embedded: 1.5 };

interface Start {
  readonly seconds: number;
  /** The processor time of the service until then, which other programs disturb less. */
  readonly cpuSeconds: number;
  readonly othersShare: number;
}

async function measureDriver(bench: Bench, driver: Driver, choice: DatabaseChoice): Promise<Figure[]> {
  const { programs, options } = bench;
  const vendor = await startVendor(programs);
  const once = async (): Promise<Start> => {
    const othersShare = watchOthers();
    const service = await startService(programs, vendor.url, choice);
    await waitUntilReady(service);
    const start = {
      seconds: (performance.now() - service.program.startedAt) / 1000,
      cpuSeconds: service.program.cpuMs() / 1000,
      othersShare: othersShare(),
    };
    await stopContenders([service]);
    return start;
  };
  // The first start creates the tables.
  await once();
  const starts: Start[] = [];
  for (let round = 0; round < options.rounds; round += 1) {
    const start = await undisturbed(bench, (one) => one.othersShare, once);
    const { seconds, cpuSeconds } = start;
    console.log(
      `  start ${round + 1}, ${driver}: ${seconds.toFixed(2)} s, ${cpuSeconds.toFixed(2)} s of processor`,
    );
    starts.push(start);
  }
  await stopContenders([vendor]);
  return [
    {
      what: `start of the built service until it is ready, ${driver}`,
      unit: 's',
      perRound: starts.map(({ seconds }) => seconds),
      target: { atMost: MOST_SECONDS[driver] },
    },
    {
      what: `processor time of a start, ${driver}`,
      unit: 's',
      perRound: starts.map(({ cpuSeconds }) => cpuSeconds),
    },
  ];
}

/** Measures how long the service takes until it is ready, with a database that an earlier start has prepared. */
export async function measureStart(bench: Bench): Promise<Figure[]> {
  return withEachDriver(bench, (driver, choice) => measureDriver(bench, driver, choice));
}
