import { startService, startVendor, stopContenders, waitUntilReady } from '../contenders.js';
import { type Bench, type Measurement, measureOnce, undisturbed, warmUp } from '../measure.js';
import type { Figure } from '../report.js';
import { p99Ms } from '../rounds.js';

const CONNECTIONS = 256;
const FIRST_SECONDS = 10;

interface Pair {
  readonly cold: Measurement;
  readonly steady: Measurement;
}

/** Starts a service, and measures it at once, and again when it is warm. */
async function measurePair(bench: Bench, round: number): Promise<Pair> {
  const { programs, options } = bench;
  const vendor = await startVendor(programs);
  const service = await startService(programs, vendor.url, {
    UPSTREAM_CALLS_PER_MINUTE: '0',
    DATA_DIR: programs.newFile('data'),
  });
  await waitUntilReady(service);
  const load = { connections: CONNECTIONS, seconds: options.isSmoke ? options.seconds : FIRST_SECONDS };
  const target = { scenario: 'cold' as const, contender: service, vendor, round };
  const cold = await measureOnce(bench, { ...target, name: 'first seconds' }, load);
  await warmUp(bench, [service]);
  const steady = await measureOnce(bench, { ...target, name: 'steady' }, load);
  await stopContenders([service, vendor]);
  return { cold, steady };
}

/** Measures the first seconds of a process against its steady state. Every round has a new process. */
export async function measureCold(bench: Bench): Promise<Figure[]> {
  const pairs: Pair[] = [];
  const shareOf = ({ cold, steady }: Pair): number => Math.max(cold.othersShare, steady.othersShare);
  for (let round = 0; round < bench.options.rounds; round += 1) {
    pairs.push(await undisturbed(bench, shareOf, () => measurePair(bench, round)));
  }
  const what = `p99 of the first ${FIRST_SECONDS} s at ${CONNECTIONS} connections`;
  const [ofCold, ofSteady] = [pairs.map(({ cold }) => p99Ms(cold)), pairs.map(({ steady }) => p99Ms(steady))];
  return [
    {
      what: `${what} against the steady state`,
      unit: '×',
      perRound: ofCold.map((ms, round) => ms / (ofSteady[round] ?? NaN)),
      target: { atMost: 4 },
    },
    { what, unit: 'ms', perRound: ofCold },
    { what: 'p99 of the steady state', unit: 'ms', perRound: ofSteady },
  ];
}
