import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { AnswerTimes } from './answer-times.js';
import type { SteadyLoadSpec } from './load.js';
import { JSON_HEADERS, bodiesFrom, targetOf } from './request-bodies.js';

/**
 * Sends requests at a fixed rate as the environment variable LOAD says, and prints the result as one line.
 *
 * Autocannon cannot do this: each of its connections waits for its own response, so a service that makes some of them
 * wait gets fewer requests, and is never overloaded by more than the number of connections.
 */

const {
  url,
  replicaUrls,
  wording,
  seconds,
  firstCustomer,
  requestsPerSecond,
  lastAnswersSeconds,
  headers,
  hasKeys,
} = JSON.parse(process.env['LOAD'] ?? '') as SteadyLoadSpec;

/** Beyond this, requests wait here. A service with so many open requests is far behind anyway. */
const MOST_CONNECTIONS = 10_000;

/** The rate rises to its full value in this time, because connections must be opened first. */
const RISE_SECONDS = Math.min(10, seconds / 2);

const TICK_MS = 10;

const pools = [url, ...replicaUrls].map(
  (one) => new Pool(one, { connections: MOST_CONNECTIONS, headersTimeout: 30_000 }),
);
const times = new AnswerTimes(seconds);
const nextBody = bodiesFrom(wording, firstCustomer);
const target = targetOf(wording);
const sameHeaders = { ...JSON_HEADERS, ...headers };
let errors = 0;
const waiting = new Set<object>();

async function ask(pool: Pool): Promise<void> {
  const askedAt = performance.now();
  const request = {};
  waiting.add(request);
  try {
    const own = hasKeys ? { ...sameHeaders, 'Idempotency-Key': randomUUID() } : sameHeaders;
    const { statusCode, body } = await pool.request({ ...target, headers: own, body: nextBody() || null });
    await body.dump();
    times.note(statusCode, performance.now() - askedAt);
  } catch {
    errors += 1;
  }
  waiting.delete(request);
}

/** Returns how many requests are due after this time. */
function dueAfter(elapsed: number): number {
  const rising = Math.min(elapsed, RISE_SECONDS);
  return requestsPerSecond * (rising ** 2 / (2 * RISE_SECONDS) + (elapsed - rising));
}

const startedAt = performance.now();
for (let asked = 0; ; await sleep(TICK_MS)) {
  const elapsed = (performance.now() - startedAt) / 1000;
  if (elapsed >= seconds) break;
  for (const due = dueAfter(elapsed); asked < due; asked += 1) {
    const pool = pools[asked % pools.length];
    if (pool) void ask(pool);
  }
}
const giveUpAt = performance.now() + (lastAnswersSeconds ?? 0) * 1000;
while (waiting.size > 0 && performance.now() < giveUpAt) await sleep(TICK_MS);
const unanswered = lastAnswersSeconds === undefined ? {} : { unanswered: waiting.size };
console.log(JSON.stringify({ event: 'load.done', result: { ...times.result(errors), ...unanswered } }));
process.exit(0);
