import { startProxy, startService, startTextbook, startVendor, stopContenders } from '../contenders.js';
import { type Bench, warmUp } from '../measure.js';
import type { Figure } from '../report.js';
import { measureRounds, p99Ms, perSecond } from '../rounds.js';

/** The textbook BFF leaves connections unanswered at the higher number, so it is only measured at the lower one. */
const [FEWER, MORE] = [256, 1000];

/** Measures many callers and a vendor without a limit: requests per second on this machine, and the calls they take. */
export async function measureThroughput(bench: Bench): Promise<Figure[]> {
  const { programs, options } = bench;
  const { seconds } = options;
  const vendor = await startVendor(programs);
  const service = await startService(programs, vendor.url, { UPSTREAM_CALLS_PER_MINUTE: '0' });
  const proxy = await startProxy(programs, vendor.url);
  const textbook = await startTextbook(programs, vendor.url);
  const contenders = [service, proxy, textbook];
  await warmUp(bench, contenders);

  const rounds = await measureRounds(bench, 'throughput', vendor, {
    service: { contender: service, load: { connections: FEWER, seconds } },
    proxy: { contender: proxy, load: { connections: FEWER, seconds } },
    textbook: { contender: textbook, load: { connections: FEWER, seconds } },
  });
  const crowded = options.isSmoke
    ? undefined
    : await measureRounds(bench, 'throughput', vendor, {
        service: { contender: service, load: { connections: MORE, seconds } },
        proxy: { contender: proxy, load: { connections: MORE, seconds } },
      });
  await stopContenders([...contenders, vendor]);

  const rates = (names: readonly string[], connections: number, of: typeof rounds): Figure[] => [
    ...names.map((name) => ({
      what: `requests/s at ${connections} connections, ${name}`,
      unit: '/s',
      perRound: of.each(name, perSecond),
    })),
    ...of.cpuFigures(names, ` at ${connections} connections`),
  ];
  return [
    {
      what: `upstream calls per update at ${FEWER} connections`,
      unit: '',
      perRound: rounds.each('service', ({ counts }) => counts.calls / counts.items),
      target: { atMost: 0.05 },
    },
    {
      what: `requests/s at ${FEWER} connections against the bare proxy`,
      unit: '×',
      perRound: rounds.ratio('service', 'proxy', perSecond),
      target: { atLeast: 0.97 },
    },
    {
      what: `requests/s at ${FEWER} connections against the textbook BFF`,
      unit: '×',
      perRound: rounds.ratio('service', 'textbook', perSecond),
      target: { atLeast: 6 },
    },
    {
      what: `p99 at ${FEWER} connections against the bare proxy`,
      unit: '×',
      perRound: rounds.ratio('service', 'proxy', p99Ms),
      target: { atMost: 1.3 },
    },
    ...rates(['service', 'proxy', 'textbook'], FEWER, rounds),
    ...(crowded
      ? [
          {
            what: `requests/s at ${MORE} connections against the bare proxy`,
            unit: '×',
            perRound: crowded.ratio('service', 'proxy', perSecond),
            target: { atLeast: 1.2 },
          },
          ...rates(['service', 'proxy'], MORE, crowded),
        ]
      : []),
  ];
}
