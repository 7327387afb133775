import autocannon from 'autocannon';
import { AnswerTimes } from './answer-times.js';
import type { LoadSpec } from './load.js';
import { JSON_HEADERS, bodiesFrom, targetOf } from './request-bodies.js';

/** Runs autocannon once as the environment variable LOAD says, and prints the result as one line. */

const { url, replicaUrls, wording, connections, seconds, firstCustomer, headers } = JSON.parse(
  process.env['LOAD'] ?? '',
) as LoadSpec;

/** Requests wait as long as the service may make them; the vendor stub answers all of them. */
const ANSWER_WITHIN_SECONDS = 30;

/** How often autocannon checks whether the time is over. */
const LOOK_EVERY_MS = 100;

// Autocannon's own histogram has whole milliseconds only, and does not separate statuses.
const times = new AnswerTimes(seconds);
const nextBody = bodiesFrom(wording, firstCustomer);
const { method, path } = targetOf(wording);
let errors = 0;

const running = autocannon(
  {
    // Autocannon takes a list, and gives each URL the same number of connections; its types only know one URL.
    url: [url, ...replicaUrls] as unknown as string,
    connections,
    duration: seconds,
    timeout: ANSWER_WITHIN_SECONDS,
    sampleInt: LOOK_EVERY_MS,
    method,
    headers: { ...JSON_HEADERS, ...headers },
    requests: [{ path, setupRequest: (request) => ({ ...request, body: nextBody() }) }],
  },
  (error: Error | null) => {
    if (error) throw error;
    console.log(JSON.stringify({ event: 'load.done', result: times.result(errors) }));
    process.exit(0);
  },
);
running.on('response', (_client, status, _bytes, ms) => times.note(status, ms));
running.on('reqError', () => (errors += 1));
