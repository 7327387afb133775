import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Contender,
  startQuietService,
  startService,
  startVendor,
  stopContenders,
} from '../contenders.js';
import { type Bench, warmUp } from '../measure.js';
import type { Figure } from '../report.js';
import { type Case, cpuUs, measureRounds } from '../rounds.js';

const PER_SECOND = 400;
const SCRAPE_EVERY_MS = 1000;

/** As Prometheus sends it: exemplars take time too. */
const ACCEPT = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5';

const SEEN = 'metrics scraped each second, log at info';
const TRACED = 'the same, and one trace of a hundred';
const UNSEEN = 'no scrapes, log at error';

/** Scrapes the metrics of a service while something is measured. */
async function scrapeDuring<T>({ program }: Contender, run: () => Promise<T>): Promise<T> {
  const { url } = await program.waitForLine('metrics.listening');
  const scrapes: Promise<string>[] = [];
  const timer = setInterval(() => {
    scrapes.push(
      fetch(`${String(url)}/metrics`, { headers: { Accept: ACCEPT } }).then((answer) => answer.text()),
    );
  }, SCRAPE_EVERY_MS);
  try {
    const measured = await run();
    for (const text of await Promise.all(scrapes)) {
      if (!text.endsWith('# EOF\n')) throw new Error('a scrape returned no metrics');
    }
    return measured;
  } finally {
    clearInterval(timer);
  }
}

/** Starts a collector that takes traces and drops them; its processor time is not the service's. */
async function startCollector(): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume().once('end', () => response.setHeader('Content-Type', 'application/json').end('{}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/**
 * Measures what it costs to see the service work: the processor time of a request with metrics that are scraped far more
 * often than usual and the log at its default, without and with traces, against none of them. Metrics are always counted and audit events always
 * written, so nothing is without them.
 */
export async function measureSeen(bench: Bench): Promise<Figure[]> {
  const { programs, options } = bench;
  const vendor = await startVendor(programs);
  const environment = { UPSTREAM_CALLS_PER_MINUTE: '0' };
  const collector = await startCollector();
  const seen = await startService(programs, vendor.url, {
    ...environment,
    DATA_DIR: programs.newFile('data'),
    METRICS_PORT: '0',
  });
  const unseen = await startQuietService(programs, vendor.url, {
    ...environment,
    DATA_DIR: programs.newFile('data'),
  });
  const traced = await startService(programs, vendor.url, {
    ...environment,
    DATA_DIR: programs.newFile('data'),
    METRICS_PORT: '0',
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0.01',
  });
  await warmUp(bench, [seen, traced, unseen]);
  const load = { seconds: options.steadySeconds, requestsPerSecond: PER_SECOND };
  const cases: Record<string, Case> = {
    [SEEN]: { contender: seen, load, surround: (run) => scrapeDuring(seen, run) },
    [TRACED]: { contender: traced, load, surround: (run) => scrapeDuring(traced, run) },
    [UNSEEN]: { contender: unseen, load },
  };
  const rounds = await measureRounds(bench, 'seen', vendor, cases);
  await stopContenders([seen, traced, unseen, vendor]);
  collector.close();
  return [
    ...[SEEN, TRACED].map((name) => ({
      what: `processor time of a request at ${PER_SECOND}/s, ${name}, against ${UNSEEN}`,
      unit: '×',
      perRound: rounds.ratio(name, UNSEEN, cpuUs),
      target: { atMost: 1.1 },
    })),
    ...rounds.cpuFigures([SEEN, TRACED, UNSEEN], ` at ${PER_SECOND}/s`),
  ];
}
