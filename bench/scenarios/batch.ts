import 'reflect-metadata';
import { join } from 'node:path';
import { type BatchBody, batches } from '../batch-bodies.js';
import { type Contender, startService, startVendor } from '../contenders.js';
import type { Bench } from '../measure.js';
import type { Figure } from '../report.js';
import { JSON_HEADERS } from '../request-bodies.js';
import { resetStub } from '../stub-control.js';
import { CUSTOMERS } from '../../src/customers/customer.kind.js';
import { Settings } from '../../src/config/settings.js';
import { ASSOCIATIONS } from '../../src/hierarchy/association.kind.js';
import { ENROLLMENTS } from '../../src/loyalty/enrollment.kind.js';
import { measureItem } from '../../src/upstream/bulk-request.js';
import { compileAllDtos } from '../../src/validation/compile-dto.js';
import { readJsonBody } from '../../src/validation/json-body.js';
import { prepareUpdate } from '../../src/writes/prepare-update.js';

const AT_ONCE = 50;
/** Enough for the compilers of V8. */
const WARM_UPS = 5;
const KINDS = { customers: CUSTOMERS, enrollments: ENROLLMENTS, associations: ASSOCIATIONS };

/** Room for all batches: otherwise most of them are refused, which costs less. */
const ROOM = {
  UPSTREAM_CALLS_PER_MINUTE: '0',
  MAX_PENDING_UPDATES: '100000',
  MAX_PENDING_BYTES: '1000000000',
  REQUEST_DEADLINE_MS: '60000',
};

interface Stalls {
  /** By the clock. */
  readonly stallMs: number;
  /** In processor time of the main thread. */
  readonly busyMs: number;
}

function cpuMsOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Parses, validates, translates and serializes the items of a batch, as a request does. */
function prepare({ list, text }: BatchBody): void {
  const kind = KINDS[list];
  const document = readJsonBody(Buffer.from(text)) as Record<string, unknown[]>;
  const route = { source: 'INSTORE' as const };
  const preparation = { route, bounds: {}, scopes: new Set<never>(), settings: new Settings() };
  for (const [index, item] of document[list]?.entries() ?? []) {
    const as = { dto: kind.itemDto, pointer: `/${list}/${index}` };
    const prepared = prepareUpdate<object>(kind, item, preparation, as);
    if (!('update' in prepared)) throw new Error(`${list} ${index} is not accepted`);
    measureItem(prepared.update.item);
  }
}

/** Compares the processor time of preparing batches with that of reading and writing the same bytes as JSON. */
function ratioToPlainJson(bodies: readonly BatchBody[]): number {
  const ours = cpuMsOf(() => bodies.forEach(prepare));
  const plain = cpuMsOf(() =>
    bodies.forEach(({ text }) => JSON.stringify(JSON.parse(Buffer.from(text).toString()))),
  );
  return ours / plain;
}

async function send(service: Contender, { path, method, text }: BatchBody): Promise<void> {
  const headers = { ...JSON_HEADERS, ...service.headers };
  const answer = await fetch(`${service.url}${path}`, { method, headers, body: text });
  const { summary } = (await answer.json()) as { summary?: { updated: number } };
  if (summary?.updated !== 1000) throw new Error(`the service answered ${answer.status} to a batch`);
}

async function stallsOf(service: Contender, probeUrl: string, work: () => Promise<unknown>): Promise<Stalls> {
  const read = async (): Promise<Stalls> => (await fetch(probeUrl)).json() as Promise<Stalls>;
  await read();
  await work();
  const stalls = await read();
  const { stallMs, busyMs } = stalls;
  const memory = service.program.rssMb().toFixed(0);
  console.log(
    `  ${AT_ONCE} batches: stall ${stallMs.toFixed(0)} ms, busy ${busyMs.toFixed(0)} ms, ${memory} MB`,
  );
  return stalls;
}

/** Measures what a batch of 1,000 realistic updates costs, and how long many at once stall the event loop. */
export async function measureBatch({ programs, options }: Bench): Promise<Figure[]> {
  compileAllDtos();
  const bodies = batches(AT_ONCE, 0);
  for (let run = 0; run < WARM_UPS; run += 1) ratioToPlainJson(bodies);
  const ratios = Array.from({ length: options.rounds }, () => ratioToPlainJson(bodies));

  const vendor = await startVendor(programs);
  const probe = join(import.meta.dirname, '..', 'stall-probe.js');
  const service = await startService(programs, vendor.url, ROOM, ['--import', probe]);
  const { url } = await service.program.waitForLine('probe.listening');
  await resetStub(vendor.url, { latencyMs: 20, callsPerMinute: 0 });
  const stalls: Stalls[] = [];
  for (let round = 0; round <= options.rounds; round += 1) {
    const work = () => Promise.all(batches(AT_ONCE, round * 1_000_000).map((body) => send(service, body)));
    const found = await stallsOf(service, String(url), work);
    if (round > 0) stalls.push(found); // the first one warms up
  }
  await Promise.all([service, vendor].map(({ program }) => program.stop()));

  return [
    {
      what: 'processor time to parse, validate, translate and serialize a batch, against plain JSON of the same bytes',
      unit: '×',
      perRound: ratios,
      target: { atMost: 2.5 },
    },
    {
      what: `longest stall of the event loop with ${AT_ONCE} batches at once, in processor time`,
      unit: 'ms',
      perRound: stalls.map(({ busyMs }) => busyMs),
      target: { atMost: 50 },
    },
    {
      what: 'the same by the clock, which other programs on the machine make longer',
      unit: 'ms',
      perRound: stalls.map(({ stallMs }) => stallMs),
    },
  ];
}
