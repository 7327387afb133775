import type { Programs } from './programs.js';

/**
 * The format of a request: an update of ours, one with a mistake, one item of the vendor, a whole call of the vendor, or
 * a health check, which has no body.
 */
export type Wording = 'update' | 'invalid' | 'item' | 'call' | 'health';

/**
 * One run of autocannon: every connection sends its next request as soon as it has a response. Every request updates
 * another customer, because the service processes updates of one customer one after the other.
 */
export interface LoadSpec {
  readonly url: string;
  /** Other processes of the contender, which get the same share of the load. */
  readonly replicaUrls: readonly string[];
  readonly wording: Wording;
  readonly connections: number;
  readonly seconds: number;
  /** The number of the first customer; the others follow. */
  readonly firstCustomer: number;
  /** Headers of every request besides those for JSON. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Requests at a fixed rate, independent of the responses to earlier ones. */
export interface SteadyLoadSpec extends Omit<LoadSpec, 'connections'> {
  readonly requestsPerSecond: number;
  /** Whether each request has an Idempotency-Key of its own. */
  readonly hasKeys?: boolean;
  /** How long to wait for the last responses, before they count as unanswered; absent to leave at once. */
  readonly lastAnswersSeconds?: number;
}

/** How long answers took, in milliseconds. */
export interface Latencies {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

export interface LoadResult {
  /** Answers by status, and how long they took. */
  readonly answers: Readonly<Record<string, Latencies>>;
  /** Connections that broke, and requests without an answer. */
  readonly errors: number;
  /** Requests that had no response when the load gave up; absent where it did not wait for them. */
  readonly unanswered?: number;
  readonly seconds: number;
  /** Responses with 200 per second. */
  readonly succeededPerSecond: number;
}

/** Extra time for late responses after a load. */
const GRACE_MS = 30_000;

const CUSTOMERS_PER_LOAD = 20_000_000;
let loadCount = 0;

/** Returns the first of a range of customers that no other load of this run uses. */
export function nextCustomers(): number {
  return loadCount++ * CUSTOMERS_PER_LOAD;
}

/** Runs a load in its own process, so that it takes no time from the measuring one. */
export async function runLoad(programs: Programs, spec: LoadSpec | SteadyLoadSpec): Promise<LoadResult> {
  for (const url of [spec.url, ...spec.replicaUrls]) {
    const { hostname } = new URL(url);
    if (hostname !== '127.0.0.1')
      throw new Error(`the bench only puts load on this machine, not on ${hostname}`);
  }
  const generator = 'requestsPerSecond' in spec ? 'steady-load' : 'autocannon-load';
  const program = programs.start('load', `artifacts/bench/${generator}.js`, { LOAD: JSON.stringify(spec) });
  try {
    const line = await program.waitForLine('load.done', spec.seconds * 1000 + GRACE_MS);
    return line['result'] as LoadResult;
  } finally {
    await program.stop();
  }
}

/** Returns the latencies of one status; its count is 0 when there are none. */
export function answersWith({ answers }: LoadResult, status: number): Latencies {
  return answers[String(status)] ?? { count: 0, p50: NaN, p90: NaN, p99: NaN, max: NaN };
}
