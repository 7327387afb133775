import { Client } from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { aCustomerUpdate } from '../builders/a-customer-update.js';
import { anEnrollment } from '../builders/an-enrollment.js';
import { importsOf } from '../harness/imports.js';
import { createPreparedDatabase, serverUrl } from '../harness/databases.js';
import { type Service, startService } from '../harness/service.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { until } from '../harness/until.js';

/** 20 chunks, more than one process delivers at a time. */
const LINES = 2000;
const numbers = Array.from({ length: LINES }, (_, index) => index + 1);

/** Each line credits another customer as many points as its line number. */
const enrollments = numbers.map((line) =>
  JSON.stringify(
    anEnrollment({
      identifiers: [{ type: 'mobile', value: String(917_300_000_000 + line) }],
      loyaltyPoints: line,
    }),
  ),
);

const sandbox = useSandbox();

beforeAll(async () => {
  await sandbox.set({ unknownCustomer: 'register', latencyMs: 300 });
});

const callsOf = (service: Service): number =>
  service.program.events().filter(({ event }) => event === 'bulk-call.answered').length;

/** Counts the rows for each value of a column, the rarest first. */
async function countBy(databaseUrl: string, column: string, from: string): Promise<[string, number][]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ name: string; count: number }>(
    `select ${column}::text as name, count(*)::int as count from meniscus.${from} group by 1 order by 2`,
  );
  await client.end();
  return rows.map(({ name, count }) => [name, count]);
}

describe('an import with points, while one process sleeps longer than its lease', () => {
  it('credits no customer twice when that process wakes, and has one result for each line', async (context) => {
    if (serverUrl === undefined) return context.skip('there is no PostgreSQL on this machine');
    const DATABASE_URL = await createPreparedDatabase();
    const start = (): Promise<Service> =>
      startService(sandbox.url, {
        DATABASE_URL,
        UPSTREAM_MAX_CONCURRENCY: '2',
        UPSTREAM_MAX_BATCH: '25',
        UPSTREAM_TIMEOUT_MS: '60000', // so that the response, not the timeout, comes first when the process wakes
      });
    const replicas = await Promise.all([start(), start()]);
    const [sleeper, other] = replicas;
    try {
      const imports = importsOf(() => other);
      const key = { 'Idempotency-Key': 'the-import-of-a-sleeper' };
      const { id } = (await imports.upload('kind=enrollments', enrollments.join('\n'), undefined, key)).json;
      await until(
        async () => replicas.map(callsOf),
        (calls) => calls.every((count) => count > 0),
      );
      sleeper.program.process.kill('SIGSTOP');
      const held = await countBy(
        DATABASE_URL,
        'holder',
        `import_chunks where state = 'waiting' and holder is not null`,
      );
      expect(held).toHaveLength(2);
      const [[, leastHeld] = ['', 0]] = held;
      expect(leastHeld).toBeGreaterThan(2); // more than can be in flight

      const done = await imports.ended(id, 90_000);
      sleeper.program.process.kill('SIGCONT');
      // Lines that still waited in the process would be sent together with these updates.
      for (const value of ['917200000001', '917200000002']) {
        const update = aCustomerUpdate({ identifiers: [{ type: 'mobile', value }] });
        // oxlint-disable-next-line no-await-in-loop -- one call after the other
        const { json } = await sleeper.send('PATCH', '/v1/customers', update);
        expect(json.outcome).toBe('updated');
      }
      const points = (await sandbox.ledger()).map((credit) => credit.points);
      expect(points.length).toBe(new Set(points).size);
      const lines = await imports.results(id);
      expect(lines.map(({ line }) => line)).toEqual(numbers);
      const credited = new Set(points);
      const notCredited = lines.filter(({ line, outcome }) => outcome === 'updated' && !credited.has(line));
      expect(notCredited).toEqual([]);
      // Only lines that were in flight when the process fell asleep are unknown.
      expect(done).toMatchObject({ state: 'completed', failed: 0, rejected: 0 });
      expect(done.unknown).toBeLessThanOrEqual(50);
      expect(await imports.state(id)).toEqual(done);
      // Each of them is listed, whatever response the process received after it woke.
      expect(await countBy(DATABASE_URL, `state in ('unknown', 'resolved')`, 'credits')).toEqual(
        done.unknown > 0 ? [['true', done.unknown]] : [],
      );
      console.log(
        `${leastHeld} chunks or more slept, ${done.unknown} are in doubt, ${points.length} were credited`,
      );
    } finally {
      await Promise.all(replicas.map((one) => one.stop('SIGKILL')));
    }
  });
});
