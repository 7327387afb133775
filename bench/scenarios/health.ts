import { type Contender, startProxy, startService, startVendor, stopContenders } from '../contenders.js';
import { type Bench, warmUp } from '../measure.js';
import type { Figure } from '../report.js';
import { cpuUs, measureRounds } from '../rounds.js';

const PER_SECOND = 1000;

function asked(contender: Contender): Contender {
  return { ...contender, wording: 'health', headers: {} };
}

/** Measures what surrounds every request: a health check, which does nothing, against a bare route of Fastify. */
export async function measureHealth(bench: Bench): Promise<Figure[]> {
  const { programs, options } = bench;
  const vendor = await startVendor(programs);
  const service = asked(await startService(programs, vendor.url, { DATA_DIR: programs.newFile('data') }));
  const proxy = asked(await startProxy(programs, vendor.url));
  await warmUp(bench, [service, proxy]);
  const load = { seconds: options.steadySeconds, requestsPerSecond: PER_SECOND };
  const rounds = await measureRounds(bench, 'health', vendor, {
    service: { contender: service, load },
    'bare route': { contender: proxy, load },
  });
  await stopContenders([service, proxy, vendor]);
  return [
    {
      what: `processor time of GET /health/live at ${PER_SECOND}/s against a bare route`,
      unit: '×',
      perRound: rounds.ratio('service', 'bare route', cpuUs),
      target: { atMost: 1.5 },
    },
    ...rounds.cpuFigures(['service', 'bare route'], ` of GET /health/live at ${PER_SECOND}/s`),
  ];
}
