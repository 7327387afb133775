import { beforeAll, describe, expect, it } from 'vitest';
import { aCustomerUpdate } from '../builders/a-customer-update.js';
import { anEnrollment } from '../builders/an-enrollment.js';
import { type Answer } from '../harness/service.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const CONNECTIONS = 200;
const UPDATES_EACH = 25;
const CALLS_PER_MINUTE = 600;

/** Faults of a real vendor and a real network, each for one call. None lasts longer than the timeout of a call. */
const FAULTS: readonly Record<string, unknown>[] = [
  { kind: 'latency', ms: 200 },
  { kind: 'reset-before' },
  { kind: 'reset-after' },
  { kind: 'html' },
  { kind: 'edge-521' },
  { kind: 'garbage' },
  { kind: 'truncated' },
  { kind: 'drop-results', count: 3 },
  { kind: 'shuffle-results' },
  { kind: 'strangers' },
  { kind: 'duplicate-results' },
  { kind: 'unidentified-results' },
  { kind: 'expire-token' },
  { kind: 'vendor-error', status: 503, code: 4001, message: 'authorization status unavailable' },
  { kind: 'vendor-error', status: 461, code: 461, message: 'search engine busy' },
];

const sandbox = useSandbox();
beforeAll(() =>
  sandbox.set({ unknownCustomer: 'register', latencyMs: 15, callsPerMinute: CALLS_PER_MINUTE }),
);
const service = useService(sandbox, {
  // idempotency.e2e-spec.ts tests keys.
  REQUIRE_IDEMPOTENCY_KEY_FOR_POINTS: 'false',
  UPSTREAM_CALLS_PER_MINUTE: String(CALLS_PER_MINUTE),
  UPSTREAM_TIMEOUT_MS: '3000',
  REQUEST_DEADLINE_MS: '30000',
});

interface Sent {
  /** The unique value of the update: a name, or a number of points. */
  readonly mark: string;
  readonly answer: Answer;
}

const mobile = (number: number): { type: string; value: string }[] => [
  { type: 'mobile', value: String(918800000000 + number) },
];

/** Updates a customer that belongs to the connection, one update after the other. */
async function changeOwn(connection: number, step: number): Promise<Sent> {
  const mark = `Own-${connection}-${step}`;
  const body = aCustomerUpdate({ identifiers: mobile(connection), firstName: mark });
  return { mark, answer: await service.send('PATCH', '/v1/customers', body) };
}

/** Credits points to one of fifty customers that all connections share. */
async function creditShared(connection: number, step: number): Promise<Sent> {
  const points = connection * UPDATES_EACH + step + 1;
  const identifiers = mobile(1000 + ((connection * 7 + step * 13) % 50));
  const body = anEnrollment({ identifiers, loyaltyPoints: points });
  const answer = await service.send('POST', '/v1/loyalty/enrollments', body);
  return { mark: String(points), answer };
}

describe('5,000 updates from 200 connections, while the vendor and the network fail', () => {
  const own: Sent[][] = [];
  const credits: Sent[] = [];
  const over = new AbortController();

  beforeAll(async () => {
    const breakThings = async (): Promise<void> => {
      for (let turn = 0; !over.signal.aborted; turn += 1) {
        const fault = FAULTS[turn % FAULTS.length];
        if (fault) await sandbox.fault(fault);
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
    };
    const breaking = breakThings();
    await Promise.all(
      Array.from({ length: CONNECTIONS }, async (_, connection) => {
        const mine: Sent[] = [];
        for (let step = 0; step < UPDATES_EACH; step += 1) {
          if (step % 2 === 0) mine.push(await changeOwn(connection, step));
          else credits.push(await creditShared(connection, step));
        }
        own.push(mine);
      }),
    );
    over.abort();
    await breaking;
  }, 170_000);

  const outcomeOf = ({ answer }: Sent): string => String(answer.json?.outcome);

  it('have one outcome each', () => {
    const all = [...own.flat(), ...credits];
    expect(all).toHaveLength(CONNECTIONS * UPDATES_EACH);
    const outcomes = new Set(all.map(outcomeOf));
    expect([...outcomes].every((one) => ['updated', 'failed', 'unknown'].includes(one))).toBe(true);
    const updated = all.filter((one) => outcomeOf(one) === 'updated').length;
    expect(updated).toBeGreaterThan(all.length * 0.8);
  });

  it('credit every point once, those in doubt at most once, and the others never', async () => {
    const counts = new Map<string, number>();
    for (const { points } of await sandbox.ledger()) {
      counts.set(String(points), (counts.get(String(points)) ?? 0) + 1);
    }
    const wrong = credits.filter((sent) => {
      const count = counts.get(sent.mark) ?? 0;
      const { pointsCredited } = sent.answer.json as { pointsCredited?: string };
      if (outcomeOf(sent) === 'updated' && pointsCredited === 'yes') return count !== 1;
      return outcomeOf(sent) === 'failed' ? count !== 0 : count > 1;
    });
    expect(wrong.map(({ mark, answer }) => [mark, answer.text])).toEqual([]);
    expect(credits.some((sent) => outcomeOf(sent) === 'unknown')).toBe(true);
  });

  it('leave each customer in the state of its last update that was not rejected', async () => {
    const wrong = await Promise.all(
      own.map(async (mine, index) => {
        const [first] = mine;
        const connection = Number(first?.mark.split('-')[1]);
        const customer = await sandbox.customer(`mobile:${mobile(connection)[0]?.value}`);
        const lastUpdated = mine.findLastIndex((sent) => outcomeOf(sent) === 'updated');
        const possible = mine
          .filter(
            (sent, step) => step === lastUpdated || (step > lastUpdated && outcomeOf(sent) === 'unknown'),
          )
          .map(({ mark }) => mark);
        return possible.includes(String(customer?.['firstName']))
          ? []
          : [[index, customer?.['firstName'], possible]];
      }),
    );
    expect(wrong.flat()).toEqual([]);
  });

  it('never overlap for one customer, and never cause a 429', async () => {
    const state = (await (await fetch(`${sandbox.url}/_sandbox/state`)).json()) as { overlaps: number };
    expect(state.overlaps).toBe(0);
    const answered = (await sandbox.calls('bulk')).map(({ answeredStatus }) => answeredStatus);
    expect(answered).not.toContain(429);
    expect(answered.length).toBeLessThan(CALLS_PER_MINUTE);
  });

  it('are explained, without naming their customers', async () => {
    const last = own.flat().at(-1);
    const explanation = await service.send('GET', `/v1/updates/${last?.answer.json.updateId}`);
    expect(explanation.status).toBe(200);
    expect(explanation.json).toMatchObject({ lane: { source: 'INSTORE' } });
    expect(explanation.json.steps.at(-1)).toMatchObject({ event: 'settled' });
    expect(explanation.text).not.toMatch(/9188|Own-/);
    expect(service.program.output()).not.toMatch(/9188\d{8}|Own-|delivery\.fault/);
  });
});
