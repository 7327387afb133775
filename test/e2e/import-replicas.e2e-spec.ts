import { describe, expect, it } from 'vitest';
import { aCustomerUpdate } from '../builders/a-customer-update.js';
import { importsOf } from '../harness/imports.js';
import { createPreparedDatabase, serverUrl } from '../harness/databases.js';
import { type JournalTimes, mostInAMinute } from '../harness/calls-in-a-minute.js';
import { type Sandbox, startSandbox } from '../harness/sandbox.js';
import { type Service, startService } from '../harness/service.js';
import { until } from '../harness/until.js';

const CUSTOMERS = 2000;
const CALLS_PER_MINUTE = 60;

/** Starts a sandbox for one test: the tests run at the same time, as they mostly wait. */
async function startVendor(latencyMs: number): Promise<Sandbox> {
  const sandbox = await startSandbox();
  await sandbox.set({ unknownCustomer: 'register', latencyMs });
  return sandbox;
}

async function startReplicas(sandbox: Sandbox, callsPerMinute: number): Promise<[Service, Service]> {
  const DATABASE_URL = await createPreparedDatabase();
  const start = (): Promise<Service> =>
    startService(sandbox.url, {
      DATABASE_URL,
      UPSTREAM_CALLS_PER_MINUTE: String(callsPerMinute),
      UPSTREAM_MAX_CONCURRENCY: '2',
      REQUEST_DEADLINE_MS: '60000',
    });
  return Promise.all([start(), start()]);
}

const mobileOf = (line: number): string => String(917_500_000_000 + (line % CUSTOMERS));

/** Repeats each customer every 2,000 lines, and some in the next chunk, so that two replicas compete for them. */
const linesOf = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => {
    const customer = index % 100 < 5 && index >= 100 ? index - 100 : index;
    return JSON.stringify({
      identifiers: [{ type: 'mobile', value: mobileOf(customer) }],
      firstName: `N${index + 1}`,
      loyaltyType: 'loyalty',
    });
  });

/** Maps each customer to the name in the last of its lines. */
function lastNames(lines: readonly string[]): Map<string, string> {
  return new Map(
    lines.map((line) => {
      const { identifiers, firstName } = JSON.parse(line) as {
        identifiers: [{ value: string }];
        firstName: string;
      };
      return [identifiers[0].value, firstName];
    }),
  );
}

async function expectLastNames(sandbox: Sandbox, lines: readonly string[]): Promise<void> {
  const now = new Map(
    (await sandbox.customers()).map(({ identifiers, firstName }) => [
      (identifiers as [{ value: string }])[0].value,
      firstName,
    ]),
  );
  const wrong = [...lastNames(lines)].filter(([mobile, name]) => now.get(mobile) !== name);
  expect(wrong).toEqual([]);
}

const callsOf = (service: Service): number =>
  service.program.events().filter(({ event }) => event === 'bulk-call.answered').length;

async function overlaps(sandbox: Sandbox): Promise<number> {
  const state = (await (await fetch(`${sandbox.url}/_sandbox/state`)).json()) as { overlaps: number };
  return state.overlaps;
}

describe.concurrent('two replicas with one PostgreSQL and one import', () => {
  it('both process it within one budget, in the order of its lines, and still serve callers', async (context) => {
    if (serverUrl === undefined) return context.skip('there is no PostgreSQL on this machine');
    const sandbox = await startVendor(100);
    const replicas = await startReplicas(sandbox, CALLS_PER_MINUTE);
    try {
      const lines = linesOf(7_500);
      const imports = importsOf(() => replicas[0]);
      const { id } = (await imports.upload('kind=customers', lines.join('\n'))).json;
      const single = async (index: number): Promise<string> => {
        const identifiers = [{ type: 'mobile', value: String(917_400_000_000 + index) }];
        const replica = replicas[index % 2] ?? replicas[0];
        const { json } = await replica.send(
          'PATCH',
          '/v1/customers',
          aCustomerUpdate({ identifiers, firstName: 'Uno' }),
        );
        return json.outcome;
      };
      const outcomes: string[] = [];
      for (let index = 0; index < 20; index += 1) {
        // oxlint-disable-next-line no-await-in-loop -- a caller now and then
        outcomes.push(await single(index));
      }
      expect(new Set(outcomes)).toEqual(new Set(['updated']));
      const done = await imports.ended(id, 150_000);
      expect(done).toMatchObject({ state: 'completed', updated: 7_500, waiting: 0 });
      expect((await imports.results(id)).map(({ line }) => line)).toEqual(lines.map((_, index) => index + 1));
      expect(replicas.map((one) => callsOf(one) > 15)).toEqual([true, true]);
      expect(await overlaps(sandbox)).toBe(0);
      await expectLastNames(sandbox, lines);
      const calls = [...(await sandbox.calls('bulk')), ...(await sandbox.calls('token'))];
      expect(calls.length).toBeGreaterThan(CALLS_PER_MINUTE); // the budget was used up
      expect(mostInAMinute(calls as unknown as JournalTimes[])).toBeLessThanOrEqual(CALLS_PER_MINUTE);
      console.log(`${callsOf(replicas[0])} and ${callsOf(replicas[1])} calls, ${done.calls} for the import`);
    } finally {
      await Promise.all(replicas.map((one) => one.stop()));
      await sandbox.stop();
    }
  });

  it('finish when one is killed: the other takes over its chunks within 30 s', async (context) => {
    if (serverUrl === undefined) return context.skip('there is no PostgreSQL on this machine');
    const sandbox = await startVendor(300);
    const replicas = await startReplicas(sandbox, 0);
    try {
      const [stays, killed] = replicas;
      const lines = linesOf(8_000);
      const imports = importsOf(() => stays);
      const { id } = (await imports.upload('kind=customers', lines.join('\n'))).json;
      await until(
        async () => replicas.map(callsOf),
        (calls) => calls.every((count) => count > 5),
      );
      await killed.stop('SIGKILL');
      const { firstWaitingLine: before, finishedAt } = await imports.state(id);
      expect(finishedAt).toBeUndefined();
      // The two held 1,600 lines at most; chunks beyond them were free at the kill.
      await until(
        () => imports.state(id),
        (seen) => seen.firstWaitingLine === undefined || seen.firstWaitingLine > before + 1600,
        30_000,
      );
      expect(await imports.ended(id, 120_000)).toMatchObject({ state: 'completed', updated: 8_000 });
      expect((await imports.results(id)).map(({ line }) => line)).toEqual(lines.map((_, index) => index + 1));
      await expectLastNames(sandbox, lines);
    } finally {
      await Promise.all(replicas.map((one) => one.stop()));
      await sandbox.stop();
    }
  });
});
