import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';
import { percentile } from './figures.js';
import type { Latencies, LoadResult, LoadSpec, Wording } from './load.js';

/** One run of autocannon, told in the environment variable LOAD; its result goes to standard output as one line. */

const spec = JSON.parse(process.env['LOAD'] ?? '') as LoadSpec;

/** 12 digits, and none of them belongs to anybody. */
const FIRST_MOBILE = 910_000_000_000;

/** Requests wait as long as the service may let them; the vendor stub answers all of them. */
const ANSWER_WITHIN_SECONDS = 30;

/** How often autocannon looks whether it is over, in milliseconds. */
const SAMPLE_MS = 100;

const bodies: Record<Wording, (mobile: number) => string> = {
  update: (mobile) =>
    `{"identifiers":[{"type":"mobile","value":"${mobile}"}],"firstName":"Asha","lastName":"Rao-Iyer","loyaltyType":"loyalty"}`,
  item: (mobile) =>
    `{"profiles":[{"firstName":"Asha","lastName":"Rao-Iyer","identifiers":[{"type":"mobile","value":"${mobile}"}]}],"loyaltyInfo":{"loyaltyType":"loyalty"}}`,
  call: (mobile) => `[${bodies.item(mobile)}]`,
};

let nextMobile = FIRST_MOBILE + spec.firstCustomer;
const tookMs: Record<string, number[]> = {};
let errors = 0;
let isOver = false;

function options(connections: number): autocannon.Options {
  const isCall = spec.wording === 'call';
  const write = bodies[spec.wording];
  return {
    url: spec.url,
    connections,
    duration: spec.seconds,
    timeout: ANSWER_WITHIN_SECONDS,
    sampleInt: SAMPLE_MS,
    method: isCall ? 'PUT' : 'PATCH',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json', ...spec.headers },
    ...(spec.requestsPerSecond !== undefined && { connectionRate: spec.requestsPerSecond }),
    requests: [
      {
        path: isCall ? '/v2/bulk?source=INSTORE' : '/v1/customers',
        setupRequest: (request) => ({ ...request, body: write(nextMobile++) }),
      },
    ],
  };
}

/** Autocannon's own histogram knows whole milliseconds only, and does not tell statuses apart. */
async function run(connections: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const running = autocannon(options(connections), (error: Error | null) => {
      if (error) reject(error);
      else resolve();
    });
    running.on('response', (_client, status, _bytes, ms) => {
      if (!isOver) (tookMs[status] ??= []).push(ms);
    });
    running.on('reqError', () => (errors += 1));
  });
}

function summarise(all: readonly number[]): Latencies {
  const sorted = Float64Array.from(all).toSorted();
  const at = (share: number): number => percentile(sorted, share);
  return { count: sorted.length, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}

const { connections, seconds, groups = 1 } = spec;
const startedAt = performance.now();
setTimeout(() => (isOver = true), seconds * 1000).unref();
await Promise.all(
  Array.from({ length: groups }, async (_, group) => {
    await sleep((group * 1000) / groups);
    await run(Math.floor(connections / groups) + (group < connections % groups ? 1 : 0));
  }),
);
const tookSeconds = Math.min(seconds, (performance.now() - startedAt) / 1000);
const answers = Object.fromEntries(Object.entries(tookMs).map(([status, all]) => [status, summarise(all)]));
const result: LoadResult = {
  answers,
  errors,
  seconds: tookSeconds,
  succeededPerSecond: (answers['200']?.count ?? 0) / tookSeconds,
};
console.log(JSON.stringify({ event: 'load.done', result }));
process.exit(0);
