import { startProxy, startService, startVendor, stopContenders } from '../contenders.js';
import { type Bench, warmUp } from '../measure.js';
import { startPostgres } from '../postgres.js';
import type { Figure } from '../report.js';
import { cpuUs, measureRounds, medianMs } from '../rounds.js';

const NO_LIMIT = 'no limit of calls';
const DEFAULT_LIMIT = '300 calls/min';
const POSTGRES = 'no limit of calls, PostgreSQL';

/**
 * Open load: the same number of requests for every contender, however fast it answers. 300 calls a minute carry at most
 * 500 updates a second, so the higher rate is only for the service without a limit.
 */
const LOADS: readonly { readonly rate: number; readonly goals: Readonly<Record<string, number>> }[] = [
  { rate: 400, goals: { [NO_LIMIT]: 1.2, [DEFAULT_LIMIT]: 0.8, [POSTGRES]: 1.4 } },
  { rate: 1000, goals: { [NO_LIMIT]: 1 } },
];

/**
 * Measures the processor time of a request at fixed rates, against the bare proxy. At a fixed rate every contender has
 * the same work, while at full speed a slow one has more of it waiting, and so can share more calls. The time that the
 * database server takes is not the service's.
 */
export async function measureSteady(bench: Bench): Promise<Figure[]> {
  const { programs, options } = bench;
  const vendor = await startVendor(programs);
  const postgres = options.isSmoke ? undefined : await startPostgres();
  try {
    const start = (callsPerMinute: string, choice: Record<string, string>) =>
      startService(programs, vendor.url, { UPSTREAM_CALLS_PER_MINUTE: callsPerMinute, ...choice });
    const contenders = {
      proxy: await startProxy(programs, vendor.url),
      [NO_LIMIT]: await start('0', { DATA_DIR: programs.newFile('data') }),
      [DEFAULT_LIMIT]: await start('300', { DATA_DIR: programs.newFile('data') }),
      ...(postgres && { [POSTGRES]: await start('0', { DATABASE_URL: await postgres.createDatabase() }) }),
    };
    await warmUp(bench, Object.values(contenders));

    const figures: Figure[] = [];
    for (const { rate, goals } of options.isSmoke ? LOADS.slice(0, 1) : LOADS) {
      const load = { seconds: options.steadySeconds, requestsPerSecond: rate };
      const loaded = Object.entries(contenders).filter(([name]) => name === 'proxy' || name in goals);
      const cases = Object.fromEntries(loaded.map(([name, contender]) => [name, { contender, load }]));
      const rounds = await measureRounds(bench, 'steady', vendor, cases);
      for (const [name, goal] of Object.entries(goals).filter(([one]) => one in cases)) {
        figures.push({
          what: `processor time per request at ${rate}/s against the bare proxy, ${name}`,
          unit: '×',
          perRound: rounds.ratio(name, 'proxy', cpuUs),
          target: { atMost: goal },
        });
      }
      figures.push(...rounds.cpuFigures(Object.keys(cases), ` at ${rate}/s`));
      for (const name of Object.keys(cases)) {
        const perRound = rounds.each(name, medianMs);
        figures.push({ what: `median latency at ${rate}/s, ${name}`, unit: 'ms', perRound });
      }
    }
    await stopContenders([...Object.values(contenders), vendor]);
    return figures;
  } finally {
    await postgres?.remove();
  }
}
