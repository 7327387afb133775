import type { Programs } from './programs.js';

/** The words in which a request is written: ours, one of the vendor's items, or a whole call of the vendor. */
export type Wording = 'update' | 'item' | 'call';

/** One run of autocannon: every connection asks again as soon as it is answered. Every request is of another customer: the service lets those of one go one after the other. */
export interface LoadSpec {
  readonly url: string;
  readonly wording: Wording;
  readonly connections: number;
  readonly seconds: number;
  /** The number of the first customer; the others follow. */
  readonly firstCustomer: number;
  /** What every request carries beside the headers of JSON. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Requests at a fixed rate, whatever becomes of the earlier ones. */
export interface SteadyLoadSpec extends Omit<LoadSpec, 'connections'> {
  readonly requestsPerSecond: number;
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
  readonly seconds: number;
  /** Answers with 200 in a second. */
  readonly succeededPerSecond: number;
  /** Processor time that the load itself took. */
  readonly cpuMs: number;
}

/** Past the time that a load was given, for answers that are late. */
const GRACE_MS = 30_000;

const CUSTOMERS_PER_LOAD = 20_000_000;
let loadCount = 0;

/** The first of a range of customers that no other load of this run uses. */
export function nextCustomers(): number {
  return loadCount++ * CUSTOMERS_PER_LOAD;
}

/** Makes a load in a process of its own, so that it takes no time from whoever measures. */
export async function runLoad(programs: Programs, spec: LoadSpec | SteadyLoadSpec): Promise<LoadResult> {
  const { hostname } = new URL(spec.url);
  if (hostname !== '127.0.0.1') throw new Error(`the bench loads nothing but this machine, not ${hostname}`);
  const generator = 'requestsPerSecond' in spec ? 'steady-load' : 'autocannon-load';
  const program = programs.start('load', `artifacts/bench/${generator}.js`, { LOAD: JSON.stringify(spec) });
  try {
    const told = await program.waitForLine('load.done', spec.seconds * 1000 + GRACE_MS);
    return told['result'] as LoadResult;
  } finally {
    await program.stop();
  }
}

/** The answers with one status, of which there may be none. */
export function answersWith({ answers }: LoadResult, status: number): Latencies {
  return answers[String(status)] ?? { count: 0, p50: NaN, p90: NaN, p99: NaN, max: NaN };
}
