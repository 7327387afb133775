import { startProxy, startService, startTextbook, startVendor } from '../contenders.js';
import { type Bench, type Measurement, measure, rotated, warmUp } from '../measure.js';
import type { Figure } from '../report.js';

const CONNECTIONS = 256;

/** Measures many callers and a vendor without a limit: requests per second on this machine, and the calls they take. */
export async function measureThroughput(bench: Bench): Promise<Figure[]> {
  const { programs, options } = bench;
  const vendor = await startVendor(programs);
  const service = await startService(programs, vendor.url, { UPSTREAM_CALLS_PER_MINUTE: '0' });
  const proxy = await startProxy(programs, vendor.url);
  const textbook = await startTextbook(programs, vendor.url);
  const contenders = [service, proxy, textbook];
  await warmUp(bench, contenders);

  const found: Record<string, Measurement[]> = {};
  for (let round = 0; round < options.rounds; round += 1) {
    for (const contender of rotated(contenders, round)) {
      const target = { scenario: 'throughput' as const, contender, vendor, round };
      const one = await measure(bench, target, { connections: CONNECTIONS, seconds: options.seconds });
      (found[contender.name] ??= []).push(one);
    }
  }
  await Promise.all([...contenders, vendor].map(({ program }) => program.stop()));

  const each = (name: string, read: (one: Measurement) => number): number[] => (found[name] ?? []).map(read);
  const perSecond = (name: string): number[] => each(name, ({ load }) => load.succeededPerSecond);
  const against = (peer: string): number[] =>
    perSecond('service').map((one, round) => one / (perSecond(peer)[round] ?? NaN));
  return [
    {
      what: `upstream calls per update at ${CONNECTIONS} connections`,
      unit: '',
      perRound: each('service', ({ counts }) => counts.calls / counts.items),
      target: { atMost: 0.05 },
    },
    {
      what: `requests/s at ${CONNECTIONS} connections against the bare proxy`,
      unit: '×',
      perRound: against('proxy'),
      target: { atLeast: 0.85 },
    },
    {
      what: `requests/s at ${CONNECTIONS} connections against the textbook BFF`,
      unit: '×',
      perRound: against('textbook'),
      target: { atLeast: 4 },
    },
    ...['service', 'proxy', 'textbook'].flatMap((name): Figure[] => [
      { what: `requests/s, ${name}`, unit: '/s', perRound: perSecond(name) },
      {
        what: `processor time per request, ${name}`,
        unit: 'µs',
        perRound: each(name, ({ cpuUsPerAnswer }) => cpuUsPerAnswer),
      },
    ]),
  ];
}
