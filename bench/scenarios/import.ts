import { setTimeout as sleep } from 'node:timers/promises';
import { type Contender, startService, startVendor } from '../contenders.js';
import { median, percentile, slope } from '../figures.js';
import { type Bench, VENDOR_LATENCY_MS } from '../measure.js';
import type { Figure } from '../report.js';
import { JSON_HEADERS, bodiesFrom } from '../request-bodies.js';
import { nextCustomers } from '../load.js';
import { readCounts, resetStub } from '../stub-control.js';

const SAMPLE_MS = 500;
/** The interval of single updates. */
const SINGLE_EVERY_MS = 50;
/** The interval of health checks: a blocked event loop of the service delays their responses. */
const PULSE_EVERY_MS = 10;
const ALONE_SECONDS = 20;
const LINES_AT_ONCE = 500;

interface Watched {
  readonly singlesMs: number[];
  readonly pulsesMs: number[];
  readonly rssMb: [minutes: number, mb: number][];
}

async function timed(ask: () => Promise<Response>): Promise<number> {
  const startedAt = performance.now();
  const answer = await ask();
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`the service answered ${answer.status}`);
  return performance.now() - startedAt;
}

/** Sends single updates, checks the service's health, and samples its memory, until the work has ended. */
async function watch(service: Contender, work: Promise<unknown>): Promise<Watched> {
  const watched: Watched = { singlesMs: [], pulsesMs: [], rssMb: [] };
  const startedAt = performance.now();
  const over = new AbortController();
  const body = bodiesFrom('update', nextCustomers());
  const repeat = async (everyMs: number, step: () => Promise<void> | void): Promise<void> => {
    while (!over.signal.aborted) {
      await step();
      await sleep(everyMs);
    }
  };
  const update = (): Promise<Response> =>
    fetch(`${service.url}/v1/customers`, {
      method: 'PATCH',
      headers: { ...JSON_HEADERS, ...service.headers },
      body: body(),
    });
  await Promise.all([
    work.finally(() => over.abort()),
    repeat(SINGLE_EVERY_MS, async () => void watched.singlesMs.push(await timed(update))),
    repeat(
      PULSE_EVERY_MS,
      async () => void watched.pulsesMs.push(await timed(() => fetch(`${service.url}/health/live`))),
    ),
    repeat(
      SAMPLE_MS,
      () => void watched.rssMb.push([(performance.now() - startedAt) / 60_000, service.program.rssMb()]),
    ),
  ]);
  return watched;
}

/** Streams that many lines, each of another customer, created on demand. */
function linesOf(count: number): ReadableStream<Uint8Array> {
  const body = bodiesFrom('update', nextCustomers());
  const encoder = new TextEncoder();
  let left = count;
  return new ReadableStream({
    pull: (controller) => {
      const lines = Array.from({ length: Math.min(left, LINES_AT_ONCE) }, body);
      left -= lines.length;
      controller.enqueue(encoder.encode(`${lines.join('\n')}\n`));
      if (left === 0) controller.close();
    },
  });
}

async function upload(service: Contender, count: number): Promise<string> {
  const answer = await fetch(`${service.url}/v1/imports?kind=customers`, {
    method: 'POST',
    headers: { ...service.headers, 'Content-Type': 'application/x-ndjson' },
    body: linesOf(count),
    duplex: 'half',
  });
  const accepted = (await answer.json()) as { id: string; total: number };
  if (answer.status !== 202 || accepted.total !== count) {
    throw new Error(`the service answered ${answer.status} to the upload`);
  }
  return accepted.id;
}

async function untilEnded(service: Contender, id: string, count: number): Promise<void> {
  for (;;) {
    const current = (await (
      await fetch(`${service.url}/v1/imports/${id}`, { headers: service.headers })
    ).json()) as {
      state: string;
      updated: number;
    };
    if (current.state === 'completed') {
      if (current.updated !== count) throw new Error(`${current.updated} of ${count} lines were updated`);
      return;
    }
    await sleep(1000);
  }
}

const sorted = (values: readonly number[]): number[] => values.toSorted((one, other) => one - other);

function figure(what: string, unit: string, value: number, atMost?: number): Figure {
  return { what, unit, perRound: [value], ...(atMost !== undefined && { target: { atMost } }) };
}

/** Measures one long import, and its effect on callers who send single updates meanwhile. */
export async function measureImport({ programs, options }: Bench): Promise<Figure[]> {
  const vendor = await startVendor(programs);
  const service = await startService(programs, vendor.url, { UPSTREAM_CALLS_PER_MINUTE: '0' });
  await resetStub(vendor.url, { latencyMs: VENDOR_LATENCY_MS, callsPerMinute: 0 });
  const count = options.importLines;
  const idleMb = service.program.rssMb();
  await watch(service, sleep(options.warmUpSeconds * 1000)); // warms up the compiler
  const alone = await watch(service, sleep(Math.min(ALONE_SECONDS, options.seconds) * 1000));

  let at = performance.now();
  const uploading = upload(service, count);
  const during = await watch(service, uploading);
  const uploadSeconds = (performance.now() - at) / 1000;
  at = performance.now();
  const beside = await watch(service, untilEnded(service, await uploading, count));
  const runSeconds = (performance.now() - at) / 1000;
  const { calls } = await readCounts(vendor.url);
  await Promise.all([service, vendor].map(({ program }) => program.stop()));

  const all = [...during.rssMb, ...beside.rssMb].map(([, mb]) => mb);
  const half = beside.rssMb.slice(Math.floor(beside.rssMb.length / 2));
  const pulses = sorted([...during.pulsesMs, ...beside.pulsesMs]);
  return [
    figure('lines of the import', '', count),
    figure('uploaded', 'lines/s', count / uploadSeconds),
    figure('processed, with 20 ms per vendor call', 'lines/s', count / runSeconds),
    figure('calls, including those of single updates', '', calls),
    figure('memory before', 'MB', idleMb),
    figure('memory after 20 s of single updates', 'MB', alone.rssMb.at(-1)?.[1] ?? NaN),
    figure('highest memory during upload and run', 'MB', Math.max(...all)),
    figure('slope of memory in the second half of the run', 'MB/min', slope(half), 1),
    figure('longest answer of /health/live without an import', 'ms', sorted(alone.pulsesMs).at(-1) ?? NaN),
    figure('longest answer of /health/live during upload and run', 'ms', pulses.at(-1) ?? NaN, 100),
    figure('the same, p99.9', 'ms', percentile(pulses, 0.999)),
    figure('median of a single update without an import', 'ms', median(alone.singlesMs)),
    figure('more during the upload', 'ms', median(during.singlesMs) - median(alone.singlesMs), 2),
    figure('more during the run', 'ms', median(beside.singlesMs) - median(alone.singlesMs), 2),
    figure('p99 of a single update during the run', 'ms', percentile(sorted(beside.singlesMs), 0.99)),
  ];
}
