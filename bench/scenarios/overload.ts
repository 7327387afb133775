import { setTimeout as sleep } from 'node:timers/promises';
import { type Contender, startService, startVendor } from '../contenders.js';
import { answersWith } from '../load.js';
import { type Bench, VENDOR_LATENCY_MS, measure } from '../measure.js';
import type { Figure } from '../report.js';

const CALLS_PER_MINUTE = 300;
const UPDATES_PER_CALL = 100;
const BUDGET_PER_SECOND = (CALLS_PER_MINUTE * UPDATES_PER_CALL) / 60;
const LAST_ANSWERS_SECONDS = 5;
const HEADERS = { 'Request-Timeout': '2' };

/** How many times the budget is offered, and within how many milliseconds refusals should be answered. */
const OFFERS = [
  { times: 2, refusedWithinMs: 50 },
  { times: 10, refusedWithinMs: 200 },
];

function figure(what: string, unit: string, value: number, target?: Figure['target']): Figure {
  return { what, unit, perRound: [value], ...(target && { target }) };
}

/** Offers more than the vendor's budget allows, with callers that wait 2 seconds, to a service that was just started. */
async function offer(
  bench: Bench,
  vendor: Contender,
  { times, refusedWithinMs }: (typeof OFFERS)[number],
): Promise<Figure[]> {
  const { programs, options } = bench;
  const service = await startService(programs, vendor.url, {
    UPSTREAM_CALLS_PER_MINUTE: String(CALLS_PER_MINUTE),
    UPSTREAM_MAX_BATCH: String(UPDATES_PER_CALL),
    DATA_DIR: programs.file(`data-overload-${times}`),
  });
  const rssBefore = service.program.rssMb();
  const target = {
    scenario: 'overload' as const,
    contender: service,
    vendor,
    round: 0,
    vendorSettings: { latencyMs: VENDOR_LATENCY_MS, callsPerMinute: CALLS_PER_MINUTE },
  };
  const offered = {
    seconds: options.overloadSeconds,
    requestsPerSecond: times * BUDGET_PER_SECOND,
    lastAnswersSeconds: LAST_ANSWERS_SECONDS,
    headers: HEADERS,
  };
  // While the rate rises, a quarter of the first minute's calls leave almost empty.
  await measure(bench, target, offered);
  const { load, rssMb } = await measure(bench, target, offered);
  await sleep(options.overloadSeconds * 1000);
  const rssLater = service.program.rssMb();
  await service.program.stop();

  const [served, refused] = [answersWith(load, 200), answersWith(load, 503)];
  const answered = Object.values(load.answers).reduce((sum, { count }) => sum + count, 0);
  const name = (what: string): string => `${times} times the budget: ${what}`;
  return [
    figure(name('answered, of all that was offered'), '/s', answered / load.seconds),
    figure(name('served, against the budget'), '×', served.count / load.seconds / BUDGET_PER_SECOND, {
      atLeast: 0.9,
    }),
    figure(name('served within, median'), 'ms', served.p50),
    figure(name('served within, p99'), 'ms', served.p99),
    figure(name('refused within, median'), 'ms', refused.p50),
    figure(name('refused within, p99'), 'ms', refused.p99, { atMost: refusedWithinMs }),
    figure(name('in doubt (504)'), '', answersWith(load, 504).count, { atMost: 0 }),
    figure(name('without an answer'), '', load.errors + (load.unanswered ?? 0), { atMost: 0 }),
    figure(name('memory before'), 'MB', rssBefore),
    figure(name('memory right after'), 'MB', rssMb),
    figure(name(`memory ${options.overloadSeconds} s later`), 'MB', rssLater),
  ];
}

/** Measures the processor time of a refusal against that of a served request, at the same rate. */
async function compareCosts(bench: Bench, vendor: Contender): Promise<Figure> {
  const { programs, options } = bench;
  const start = async (name: string, callsPerMinute: number): Promise<Contender> =>
    startService(programs, vendor.url, {
      UPSTREAM_CALLS_PER_MINUTE: String(callsPerMinute),
      DATA_DIR: programs.file(`data-${name}`),
    });
  const load = {
    seconds: options.steadySeconds,
    requestsPerSecond: BUDGET_PER_SECOND,
    headers: HEADERS,
  };
  // With one call a minute, every request but the first few is refused.
  const serving = await start('serving', 0);
  const refusing = await start('refusing', 1);
  const perRound: number[] = [];
  for (let round = 0; round < options.rounds; round += 1) {
    const target = { scenario: 'overload' as const, vendor, round };
    const served = await measure(bench, { ...target, contender: serving }, load);
    const refused = await measure(bench, { ...target, contender: refusing, expects: [503] }, load);
    perRound.push(refused.cpuUsPerAnswer / served.cpuUsPerAnswer);
  }
  await Promise.all([serving, refusing].map(({ program }) => program.stop()));
  return {
    what: 'processor time of a refusal against a served request',
    unit: '×',
    perRound,
    target: { atMost: 0.25 },
  };
}

/** Measures what callers get while more is offered than the vendor's budget allows, and what refusals cost. */
export async function measureOverload(bench: Bench): Promise<Figure[]> {
  const vendor = await startVendor(bench.programs);
  const figures: Figure[] = [];
  // oxlint-disable-next-line no-await-in-loop -- each has the machine for itself
  for (const one of OFFERS) figures.push(...(await offer(bench, vendor, one)));
  figures.push(await compareCosts(bench, vendor));
  await vendor.program.stop();
  return figures;
}
