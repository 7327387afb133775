import { type Contender, startService, startVendor, stopContenders } from '../contenders.js';
import { type Bench, warmUp } from '../measure.js';
import { type Postgres, startPostgres } from '../postgres.js';
import type { Figure } from '../report.js';
import { cpuUs, measureRounds, medianMs, perSecond } from '../rounds.js';

const CONNECTIONS = 256;
const PER_SECOND = 400;
const [ONE, TWO] = ['one process', 'two processes'];

async function measureOn(bench: Bench, postgres: Postgres): Promise<Figure[]> {
  const { programs, options } = bench;
  const vendor = await startVendor(programs);
  const start = (databaseUrl: string, keys: string): Promise<Contender> =>
    startService(programs, vendor.url, {
      DATABASE_URL: databaseUrl,
      API_KEYS_FILE: keys,
      UPSTREAM_CALLS_PER_MINUTE: '0',
    });
  const one = await start(await postgres.createDatabase(), programs.newFile('api-keys'));
  const [shared, keys] = [await postgres.createDatabase(), programs.newFile('api-keys')];
  const first = await start(shared, keys);
  // The second process knows the keys of both, as its own was created later.
  const two = { ...first, replicas: [await start(shared, keys)] };
  await warmUp(bench, [one, two]);

  const rate = { requestsPerSecond: PER_SECOND, seconds: options.steadySeconds };
  const steady = await measureRounds(bench, 'replicas', vendor, {
    [ONE]: { contender: one, load: rate },
    [TWO]: { contender: two, load: rate },
  });
  const crowd = { connections: CONNECTIONS, seconds: options.seconds };
  const crowded = await measureRounds(bench, 'replicas', vendor, {
    [ONE]: { contender: one, load: crowd },
    [TWO]: { contender: two, load: crowd },
  });
  await stopContenders([one, two, vendor]);
  return [
    {
      what: `processor time per request at ${PER_SECOND}/s, two processes against one`,
      unit: '×',
      perRound: steady.ratio(TWO, ONE, cpuUs),
    },
    {
      what: `requests/s at ${CONNECTIONS} connections, two processes against one`,
      unit: '×',
      perRound: crowded.ratio(TWO, ONE, perSecond),
    },
    ...steady.cpuFigures([ONE, TWO], ` at ${PER_SECOND}/s`),
    ...[ONE, TWO].flatMap((name): Figure[] => [
      {
        what: `median latency at ${PER_SECOND}/s, ${name}`,
        unit: 'ms',
        perRound: steady.each(name, medianMs),
      },
      {
        what: `requests/s at ${CONNECTIONS} connections, ${name}`,
        unit: '/s',
        perRound: crowded.each(name, perSecond),
      },
      {
        what: `upstream calls per update at ${CONNECTIONS} connections, ${name}`,
        unit: '',
        perRound: crowded.each(name, ({ counts }) => counts.calls / counts.items),
      },
    ]),
  ];
}

/** Measures two replicas on one PostgreSQL, which share the load, against one process with the same load. */
export async function measureReplicas(bench: Bench): Promise<Figure[]> {
  const postgres = await startPostgres();
  if (!postgres) return [];
  try {
    return await measureOn(bench, postgres);
  } finally {
    await postgres.remove();
  }
}
