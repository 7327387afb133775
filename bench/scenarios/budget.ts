import { type Contender, startProxy, startService, startTextbook, startVendor } from '../contenders.js';
import { type Bench, type Measurement, VENDOR_LATENCY_MS, measure, rotated } from '../measure.js';
import type { Programs } from '../programs.js';
import type { Figure } from '../report.js';

const CONNECTIONS = 1000;
const CALLS_PER_MINUTE = 300;

type Start = (programs: Programs, vendorUrl: string) => Promise<Contender>;

const starts: readonly Start[] = [
  (programs, vendorUrl) =>
    startService(programs, vendorUrl, { UPSTREAM_CALLS_PER_MINUTE: String(CALLS_PER_MINUTE) }),
  startProxy,
  startTextbook,
];

/**
 * Measures many callers, each with one update in a request, against a vendor with a limit of calls per minute. Every
 * contender restarts in each round, so that none inherits a spent minute.
 */
export async function measureBudget(bench: Bench): Promise<Figure[]> {
  const { programs, options } = bench;
  const vendor = await startVendor(programs);
  const vendorSettings = { latencyMs: VENDOR_LATENCY_MS, callsPerMinute: CALLS_PER_MINUTE };
  const found: Record<string, Measurement[]> = {};
  for (let round = 0; round < options.budgetRounds; round += 1) {
    for (const start of rotated(starts, round)) {
      const contender = await start(programs, vendor.url);
      const target = { scenario: 'budget' as const, contender, vendor, round, vendorSettings };
      const load = { connections: CONNECTIONS, seconds: options.budgetSeconds };
      (found[contender.name] ??= []).push(await measure(bench, target, load));
      await contender.program.stop();
    }
  }
  await vendor.program.stop();

  const each = (name: string, read: (one: Measurement) => number): number[] => (found[name] ?? []).map(read);
  const perMinute = (name: string): number[] => each(name, ({ load }) => load.succeededPerSecond * 60);
  const what = `updates/min that succeed at ${CALLS_PER_MINUTE} calls/min and ${CONNECTIONS} connections`;
  return [
    { what, unit: '/min', perRound: perMinute('service'), target: { atLeast: 25_000 } },
    {
      what: '429s provoked by the service',
      unit: '',
      perRound: each('service', ({ counts }) => counts.refused),
      target: { atMost: 0 },
    },
    {
      what: 'requests that the service did not answer',
      unit: '',
      perRound: each('service', ({ load }) => load.errors),
      target: { atMost: 0 },
    },
    {
      what: 'updates in a call of the service',
      unit: '',
      perRound: each('service', ({ counts }) => counts.items / counts.calls),
    },
    { what: 'the same, bare proxy', unit: '/min', perRound: perMinute('proxy') },
    { what: 'the same, textbook BFF', unit: '/min', perRound: perMinute('textbook') },
    ...['service', 'proxy', 'textbook'].map((name) => ({
      what: `memory at ${CONNECTIONS} connections, ${name}`,
      unit: 'MB',
      perRound: each(name, ({ rssMb }) => rssMb),
    })),
  ];
}
