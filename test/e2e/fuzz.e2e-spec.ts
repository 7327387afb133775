import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { readDocument } from '../fuzz/api-document.js';
import { answerChecker } from '../fuzz/check-answer.js';
import { type FuzzRequest, fuzzRequests, written } from '../fuzz/fuzz-requests.js';
import { markersOf, quotesRequest } from '../fuzz/markers.js';
import { type RawAnswer, sendRaw } from '../fuzz/raw-http.js';
import { HEAP_OF_START, residentBytes } from '../harness/memory.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

/** `npm run test:fuzz` sends 20,000; FUZZ_SEED repeats the requests of a run. */
const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 1500);
const SEED = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

/** The requests of one batch are generated together, and AT_ONCE of them are in flight. */
const BATCH = 100;
const AT_ONCE = 8;

/** The growth allowed beyond the memory of a busy service and its embedded database. */
const MAX_GROWTH_BYTES = 300_000_000;

const sandbox = useSandbox();
beforeAll(async () => {
  // Many requests name the same customers, and the vendor would refuse most of them as overlapping.
  await sandbox.set({ overlap: 'allow' });
});
const service = useService(sandbox, {
  LOG_LEVEL: 'trace',
  IMPORT_MAX_BYTES: '1000000',
  ...HEAP_OF_START,
});

const document = readDocument();
const markers = markersOf(SEED);
const requests = fuzzRequests(document, markers);
const check = answerChecker(document, markers);

/** Ids from recent responses, so that requests that read, pause and retry find something. */
const known: Record<string, string[]> = { imports: [], updates: [], 'unknown-credits': [] };

function note({ headers, body }: RawAnswer): void {
  const location = headers.find(([name]) => name === 'location')?.[1];
  if (location !== undefined) known['imports']?.push(location.split('/').at(-1) ?? '');
  for (const [, id = ''] of body.matchAll(/"updateId":"([\w-]+)"/g)) known['updates']?.push(id);
  for (const [, id = ''] of body.matchAll(/"creditId":"([\w:.-]+)"/g)) known['unknown-credits']?.push(id);
  for (const ids of Object.values(known)) ids.splice(0, ids.length - 50);
}

/** Puts an id into the target that the endpoint of this path may know. */
function withId(target: string, index: number): string {
  const [, collection = ''] = /([\w-]+)\/\{id\}/.exec(target) ?? [];
  const ids = known[collection] ?? [];
  return target.replace(
    '{id}',
    ids[index % Math.max(1, ids.length)] ?? '00000000-0000-4000-8000-000000000000',
  );
}

interface Finding {
  readonly faults: readonly string[];
  readonly request: string;
  readonly answer: string | undefined;
}

const tally: Record<string, number> = {};
const findings: Finding[] = [];

async function send(request: FuzzRequest, index: number): Promise<void> {
  const isStranger = request.headers.some(([name]) => name === 'Authorization');
  const bytes = written(
    { ...request, target: withId(request.target, index) },
    isStranger ? [] : Object.entries(service.authorization),
  );
  const answer = await sendRaw(service.url, [bytes]);
  const entry = `${request.intent} ${answer?.status ?? 'no answer'}`;
  tally[entry] = (tally[entry] ?? 0) + 1;
  if (answer) note(answer);
  const faults = check(request, answer);
  if (faults.length > 0) {
    const sent = bytes.toString('latin1').replaceAll(service.authorization.Authorization, 'Bearer …');
    findings.push({
      faults,
      request: `#${index}: ${sent.length > 1500 ? `${sent.slice(0, 1500)}… (${sent.length} bytes)` : sent}`,
      answer: answer && `${answer.status} ${JSON.stringify(answer.headers)} ${answer.body.slice(0, 600)}`,
    });
  }
}

describe('every endpoint', () => {
  it(`keeps its promises under ${REQUESTS} requests of seed ${SEED}`, { timeout: 3_600_000 }, async () => {
    let calmBytes = 0;
    let mostBytes = 0;
    for (let from = 0; from < REQUESTS; from += BATCH) {
      const batch = fc.sample(requests, { seed: SEED + from, numRuns: Math.min(BATCH, REQUESTS - from) });
      // oxlint-disable-next-line no-await-in-loop -- the vendor changes between batches
      await sandbox.set({ unknownCustomer: from % (2 * BATCH) === 0 ? 'register' : 'refuse' });
      const left = batch.entries();
      const work = async (): Promise<void> => {
        // oxlint-disable-next-line no-await-in-loop -- one connection each
        for (const [index, request] of left) await send(request, from + index);
      };
      // oxlint-disable-next-line no-await-in-loop -- one batch after the other
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      // oxlint-disable-next-line no-await-in-loop -- no test reads the journal of the sandbox
      await sandbox.forgetCalls();
      if (from <= REQUESTS / 4) calmBytes = Math.max(calmBytes, residentBytes(service));
      mostBytes = Math.max(mostBytes, residentBytes(service));
    }
    console.log(JSON.stringify({ seed: SEED, tally, calmBytes, mostBytes }, null, 1));

    expect(findings).toEqual([]);
    expect(service.program.process.exitCode).toBeNull();
    expect((await service.send('GET', '/health/live')).status).toBe(200);
    expect(mostBytes - calmBytes).toBeLessThan(MAX_GROWTH_BYTES);
  });

  it('accepts many of the valid requests', () => {
    const took = (tally['valid 200'] ?? 0) + (tally['valid 202'] ?? 0) + (tally['valid 207'] ?? 0);
    expect(took).toBeGreaterThan(REQUESTS / 10);
  });

  it('logs no personal data', () => {
    // The caller chooses the request id, so it may contain what the request sent.
    const lines = service.program
      .output()
      .replaceAll(/"requestId":"[^"]*"/g, '')
      .split('\n');
    expect(lines.length).toBeGreaterThan(REQUESTS / 2);
    expect(lines.filter((line) => quotesRequest(line, markers))).toEqual([]);
  });

  it('logs no internal fault', () => {
    const faults = service.program.events().filter((event) => 'fault' in event);
    expect(faults).toEqual([]);
  });
});
