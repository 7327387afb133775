import { type Contender, startProxy, startService, startVendor } from '../contenders.js';
import { type Bench, type Measurement, measure, rotated, warmUp } from '../measure.js';
import type { Figure } from '../report.js';

const NO_LIMIT = 'no limit of calls';
const DEFAULT_LIMIT = '300 calls/min';

/**
 * Open load: the same number of requests for every contender, however fast it answers. 300 calls a minute carry at most
 * 500 updates a second, so the higher rate is only for the service without a limit.
 */
const LOADS = [
  { rate: 400, goals: { [NO_LIMIT]: 1.2, [DEFAULT_LIMIT]: 0.8 } },
  { rate: 1000, goals: { [NO_LIMIT]: 1 } },
];

/**
 * Measures the processor time of a request at fixed rates, against the bare proxy. At a fixed rate every contender has
 * the same work, while at full speed a slow one has more of it waiting, and so can share more calls.
 */
export async function measureSteady(bench: Bench): Promise<Figure[]> {
  const { programs, options } = bench;
  const vendor = await startVendor(programs);
  const contenders: Record<string, Contender> = {
    proxy: await startProxy(programs, vendor.url),
    [NO_LIMIT]: await startService(programs, vendor.url, {
      UPSTREAM_CALLS_PER_MINUTE: '0',
      DATA_DIR: programs.file('data-without-limit'),
    }),
    [DEFAULT_LIMIT]: await startService(programs, vendor.url, {
      UPSTREAM_CALLS_PER_MINUTE: '300',
      DATA_DIR: programs.file('data-with-limit'),
    }),
  };
  await warmUp(bench, Object.values(contenders));

  const figures: Figure[] = [];
  for (const { rate, goals } of options.isSmoke ? LOADS.slice(0, 1) : LOADS) {
    const found: Record<string, Measurement[]> = {};
    const loaded = Object.entries(contenders).filter(([name]) => name === 'proxy' || name in goals);
    for (let round = 0; round < options.rounds; round += 1) {
      for (const [name, contender] of rotated(loaded, round)) {
        const target = { scenario: 'steady' as const, contender, vendor, round };
        const load = { seconds: options.steadySeconds, requestsPerSecond: rate };
        (found[name] ??= []).push(await measure(bench, target, load));
      }
    }
    const each = (name: string, read: (one: Measurement) => number): number[] =>
      (found[name] ?? []).map(read);
    const cpuUs = (name: string): number[] => each(name, ({ cpuUsPerAnswer }) => cpuUsPerAnswer);
    for (const [name, goal] of Object.entries(goals)) {
      figures.push({
        what: `processor time per request at ${rate}/s against the bare proxy, ${name}`,
        unit: '×',
        perRound: cpuUs(name).map((one, round) => one / (cpuUs('proxy')[round] ?? NaN)),
        target: { atMost: goal },
      });
    }
    for (const [name] of loaded) {
      const median = each(name, ({ load }) => load.answers['200']?.p50 ?? NaN);
      figures.push({
        what: `processor time per request at ${rate}/s, ${name}`,
        unit: 'µs',
        perRound: cpuUs(name),
      });
      figures.push({ what: `median latency at ${rate}/s, ${name}`, unit: 'ms', perRound: median });
    }
  }
  await Promise.all([...Object.values(contenders), vendor].map(({ program }) => program.stop()));
  return figures;
}
