import { beforeAll, describe, expect, it } from 'vitest';
import { anEnrollment } from '../builders/an-enrollment.js';
import { type ResultLine, importsOf } from '../harness/imports.js';
import { createPreparedDatabase, serverUrl } from '../harness/databases.js';
import type { JournalCall } from '../harness/sandbox.js';
import { type Service, startService } from '../harness/service.js';
import { useDataFolder } from '../harness/use-folder.js';
import { useSandbox } from '../harness/use-sandbox.js';

/** The long form is `KILLS=20 IMPORT_LINES=20000`. */
const KILLS = Number(process.env['KILLS'] ?? 2);
const LINES = Number(process.env['IMPORT_LINES'] ?? 3000);
const CUSTOMERS = LINES / 5;

/** With this delay and two calls at a time, both imports last longer than all kills. */
const LATENCY_MS = Math.ceil((KILLS * 300_000) / LINES);

/** The most lines that are in flight when a process is killed: its 8 chunks of 100. */
const IN_FLIGHT = 800;

const DATA_DIR = useDataFolder();

const mobileOf = (line: number): string => String(917_600_000_000 + (line % CUSTOMERS));
const numbers = Array.from({ length: LINES }, (_, index) => index + 1);

/** Each line changes a name: it is safe to repeat, and the last line of a customer wins. */
const customers = numbers.map((line) =>
  JSON.stringify({
    identifiers: [{ type: 'mobile', value: mobileOf(line) }],
    firstName: `N${line}`,
    loyaltyType: 'loyalty',
  }),
);

/** Each line credits as many points as its line number. */
const enrollments = numbers.map((line) =>
  JSON.stringify(
    anEnrollment({ identifiers: [{ type: 'mobile', value: mobileOf(line) }], loyaltyPoints: line }),
  ),
);

/** Counts how often each line was sent; its number is in the name. */
function timesSent(calls: readonly JournalCall[]): Map<number, number> {
  const times = new Map<number, number>();
  for (const { body } of calls) {
    for (const item of body as { profiles: { firstName?: string }[] }[]) {
      const line = Number(item.profiles[0]?.firstName?.slice(1));
      if (line > 0) times.set(line, (times.get(line) ?? 0) + 1);
    }
  }
  return times;
}

/** Expects one result for each line. */
function expectAll(lines: readonly ResultLine[]): void {
  expect(lines.map(({ line }) => line)).toEqual(numbers);
}

// Both run at the same time, each with its own sandbox, as they mostly wait.
describe.concurrent.each(['embedded', 'on PostgreSQL'])(
  `an import of ${LINES} lines, killed ${KILLS} times, %s`,
  (driver) => {
    const sandbox = useSandbox();
    beforeAll(() => sandbox.set({ unknownCustomer: 'register', latencyMs: LATENCY_MS }));

    it('loses no line, and credits nothing twice', { timeout: 120_000 + KILLS * 60_000 }, async (context) => {
      if (driver !== 'embedded' && serverUrl === undefined)
        return context.skip('there is no PostgreSQL on this machine');
      const database: Record<string, string> =
        driver === 'embedded' ? { DATA_DIR } : { DATABASE_URL: await createPreparedDatabase() };
      const start = (): Promise<Service> =>
        startService(sandbox.url, { ...database, UPSTREAM_MAX_CONCURRENCY: '2' });
      let service = await start();
      const imports = importsOf(() => service);
      try {
        const key = { 'Idempotency-Key': 'the-import-that-is-killed' };
        const [named, credited] = await Promise.all([
          imports.upload('kind=customers', customers.join('\n')),
          imports.upload('kind=enrollments', enrollments.join('\n'), undefined, key),
        ]);
        expect([named.status, credited.status]).toEqual([202, 202]);
        let met = 0;
        for (let kill = 0; kill < KILLS; kill += 1) {
          // oxlint-disable-next-line no-await-in-loop -- a random moment after the work has begun
          await service.program.waitForEvent(({ event }) => event === 'bulk-call.answered', 60_000);
          // oxlint-disable-next-line no-await-in-loop -- as above
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 2000));
          // oxlint-disable-next-line no-await-in-loop -- one kill after the other
          await service.stop('SIGKILL');
          // oxlint-disable-next-line no-await-in-loop -- one kill after the other
          service = await start();
          // oxlint-disable-next-line no-await-in-loop -- one kill after the other
          const states = await Promise.all([named, credited].map(({ json }) => imports.state(json.id)));
          if (states.some(({ finishedAt }) => finishedAt === undefined)) met += 1;
        }
        expect(met).toBeGreaterThan(0);
        const [ofNames, ofCredits] = await Promise.all(
          [named, credited].map(({ json }) => imports.ended(json.id, 600_000)),
        );

        expect(ofNames).toMatchObject({ state: 'completed', updated: LINES, waiting: 0 });
        expectAll(await imports.results(named.json.id));
        const repeated = [...timesSent(await sandbox.calls('bulk')).values()].filter((times) => times > 1);
        expect(repeated.length).toBeLessThanOrEqual(KILLS * IN_FLIGHT);
        for (const line of numbers.slice(-50)) {
          // oxlint-disable-next-line no-await-in-loop -- one customer after the other
          expect(await sandbox.customer(`mobile:${mobileOf(line)}`)).toMatchObject({ firstName: `N${line}` });
        }

        expect(ofCredits).toMatchObject({ state: 'completed', failed: 0, rejected: 0, waiting: 0 });
        const creditResults = await imports.results(credited.json.id);
        expectAll(creditResults);
        const points = await sandbox.points();
        const ledger = new Set(points);
        expect(ledger.size).toBe(points.length);
        const notInLedger = creditResults.filter(
          ({ line, outcome }) => outcome === 'updated' && !ledger.has(line),
        );
        expect(notInLedger).toEqual([]);
        const doubted = creditResults.filter(({ outcome }) => outcome === 'unknown');
        expect(doubted.map(({ creditId }) => creditId)).toEqual(
          doubted.map(({ line }) => `import:${credited.json.id}:${line}`),
        );
        const inDoubt = doubted.length;
        expect(inDoubt).toBeLessThanOrEqual(KILLS * IN_FLIGHT);
        console.log(
          `${driver}: ${met} of ${KILLS} kills met a running import; ${repeated.length} of ${LINES} names sent again, ` +
            `${inDoubt} of ${LINES} credits in doubt, ${points.length} credited`,
        );
      } finally {
        await service.stop();
      }
    });
  },
);
