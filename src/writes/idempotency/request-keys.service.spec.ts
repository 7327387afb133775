import type { FastifyReply, FastifyRequest } from 'fastify';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Settings } from '../../config/settings.js';
import type { EventLog } from '../../observability/event-log.js';
import { Problem } from '../../problems/problem.js';
import type { CreditsRepository } from '../../records/credits.repository.js';
import type { IdempotencyRepository } from '../../records/idempotency.repository.js';
import type { UpdateKind } from '../update-kind.js';
import { DatabaseUnavailable } from '../../database/database-errors.js';
import { creditInDoubt } from '../credits/credit-outcomes.js';
import { INTERRUPTED, inDoubt } from './idempotency-problems.js';
import { answerOfProblem } from './stored-answer.js';
import { aLosableDatabase } from '../../../test/builders/a-losable-database.js';
import { UnwrittenRecords } from '../../records/unwritten-records.js';
import { KeyLeases } from './key-leases.service.js';
import { RequestKeys } from './request-keys.service.js';
import type { SentItems } from './sent-items.js';

const reserve = vi.fn<IdempotencyRepository['reserve']>();
const finish = vi.fn<IdempotencyRepository['finish']>();
const finishInPart = vi.fn<IdempotencyRepository['finishInPart']>();
const releaseMany = vi.fn<IdempotencyRepository['releaseMany']>();
const revise = vi.fn<IdempotencyRepository['revise']>();
const takeOver = vi.fn<CreditsRepository['takeOver']>();
const log = { write: vi.fn<EventLog['write']>(), fault: vi.fn<EventLog['fault']>() };
let losable: ReturnType<typeof aLosableDatabase>;
const settings = new Settings();
const eventLog = log as unknown as EventLog;
let keys: RequestKeys;

function create(): void {
  losable = aLosableDatabase();
  const records = { reserve, finish, finishInPart, releaseMany, revise } as unknown as IdempotencyRepository;
  const unwritten = new UnwrittenRecords(losable.database, settings, eventLog);
  const leases = new KeyLeases(records, unwritten, settings, eventLog);
  keys = new RequestKeys(leases, { takeOver } as unknown as CreditsRepository, settings, eventLog);
}

const KIND = {
  name: 'enrollments',
  creditsPoints: (item) => (item as { points?: number }).points === 1,
} as Partial<UpdateKind> as UpdateKind;

const sent = (...points: number[]): SentItems => ({
  kind: KIND,
  items: points.map((each) => ({ points: each })),
  isBatch: points.length > 1,
});

const requestWith = (key?: string): FastifyRequest =>
  ({
    id: 'request-1',
    method: 'POST',
    url: '/v1/loyalty/enrollments',
    query: {},
    body: {},
    principal: { kind: 'api-key', name: 'app' },
    routeOptions: { url: '/v1/loyalty/enrollments' },
    raw: { headersDistinct: key === undefined ? {} : { 'idempotency-key': [key] } },
  }) as unknown as FastifyRequest;

const REPLY = { status: () => REPLY, headers: () => REPLY } as unknown as FastifyReply;

const RECORD = { principal: 'api-key:app', endpoint: 'POST /v1/loyalty/enrollments', key: 'k' };

/** Holds the key `k`. */
async function hold(items: SentItems, isTakenOver = false, earlier?: string) {
  reserve.mockResolvedValue({
    kind: 'reserved',
    record: RECORD,
    leaseToken: 'lease',
    isTakenOver,
    ...(earlier !== undefined && { earlier }),
  });
  const held = await keys.reserve(requestWith('k'), items);
  if (held.kind !== 'held') throw new Error('the key is not held');
  return held;
}

describe(RequestKeys.name, () => {
  beforeEach(() => {
    vi.clearAllMocks();
    create();
    finish.mockResolvedValue(true);
    finishInPart.mockResolvedValue(true);
    takeOver.mockResolvedValue(new Map());
  });

  it('does not touch the database for a request without a key', async () => {
    const held = await keys.reserve(requestWith(), sent(0));
    if (held.kind !== 'held') throw new Error('it is held');
    await expect(keys.keep(held, { status: 200, body: { a: 1 } }, REPLY)).resolves.toEqual({ a: 1 });
    await keys.release(held, new Error('fault'), 'request-1');
    for (const statement of [reserve, finish, finishInPart, releaseMany])
      expect(statement).not.toHaveBeenCalled();
  });

  it('demands a key where points are credited', async () => {
    await expect(keys.reserve(requestWith(), sent(1))).rejects.toMatchObject({
      type: 'idempotency-key-required',
    });
  });

  it('guards the credit of each item by an id that follows from the key', async () => {
    const { guards } = await hold(sent(0, 1));
    expect([...guards]).toEqual([[1, { id: expect.stringMatching(/^key:/) as string, lease: 'lease' }]]);
    expect(reserve.mock.calls[0]?.[1].creditIds).toEqual([guards.get(1)?.id]);
  });

  it('knows what became of the credits that an earlier process left, and the outcomes of an earlier answer', async () => {
    takeOver.mockImplementation(async ([id = '']) => new Map([[id, 'credited']]));
    const earlier = JSON.stringify({ outcomes: [{ outcome: 'rejected' }, { outcome: 'failed' }] });
    const { known } = await hold(sent(0, 1), true, earlier);
    expect([...known].map(([index, { outcome }]) => [index, outcome])).toEqual([
      [0, 'rejected'],
      [1, 'updated'],
    ]);
  });

  it('returns the text of the answer that it keeps', async () => {
    const body = await keys.keep(await hold(sent(0)), { status: 207, body: { a: 1 } }, REPLY);
    expect(body).toBe('{"a":1}');
    expect(finish.mock.calls[0]?.[1]).toMatchObject({ status: 207, body: '{"a":1}' });
  });

  it('leaves the key open for the failed part of a batch', async () => {
    const outcomes = [{ outcome: 'updated' }, { outcome: 'failed' }];
    await keys.keep(await hold(sent(0, 0)), { status: 207, body: { outcomes } }, REPLY);
    expect(finishInPart).toHaveBeenCalledOnce();
    expect(finish).not.toHaveBeenCalled();
  });

  it.each([
    ['keeps', 'a final problem', new Problem('outcome-unknown', { outcome: 'unknown' }), 1, [1, 0]],
    [
      'releases the key after',
      'another problem',
      new Problem('overloaded', { outcome: 'failed' }),
      1,
      [0, 1],
    ],
    ['releases the key after', 'a fault without points', new Error('fault'), 0, [0, 1]],
    ['neither keeps nor releases', 'a fault with points', new Error('fault'), 1, [0, 0]],
  ] as const)('%s %s', async (_does, _what, error, points, [kept, released]) => {
    await keys.release(await hold(sent(points)), error, 'request-1');
    expect([finish.mock.calls.length, releaseMany.mock.calls.length]).toEqual([kept, released]);
  });

  it('answers truly where the database refuses the answer, and logs that', async () => {
    finish.mockRejectedValue(new Error('gone'));
    await expect(keys.keep(await hold(sent(0)), { status: 200, body: {} }, REPLY)).resolves.toBe('{}');
    expect(log.fault).toHaveBeenCalledWith('idempotency.not-kept', expect.any(Error), {
      itemCount: 1,
      status: 200,
    });
    expect(log.write).toHaveBeenCalledWith('error', 'records.not-written', { status: 200 });
  });

  it('keeps an answer while the database is lost, and the key for whom asks again, until it is stored', async () => {
    const held = await hold(sent(0));
    losable.lose();
    finish.mockRejectedValueOnce(new DatabaseUnavailable('it is lost'));
    await expect(keys.keep(held, { status: 200, body: {} }, REPLY)).resolves.toBe('{}');
    await expect(keys.reserve(requestWith('k'), sent(0))).rejects.toThrow(DatabaseUnavailable);

    losable.recover();
    await vi.waitFor(() => expect(finish).toHaveBeenCalledTimes(2));
    reserve.mockResolvedValue({ kind: 'conflict' });
    await expect(keys.reserve(requestWith('k'), sent(0))).rejects.toThrow(Problem);
    expect(reserve.mock.lastCall?.[1].protectedLease).toBe('any');
  });

  it('does not take over a key under which it still works, whatever the time of the database is', async () => {
    const held = await hold(sent(0));
    await hold(sent(0));
    await keys.release(held, new Problem('overloaded', { outcome: 'failed' }), 'request-1');
    await hold(sent(0));
    expect(reserve.mock.calls.map(([, { protectedLease }]) => protectedLease)).toEqual([
      undefined,
      { token: 'lease' },
      undefined,
    ]);
  });

  it('puts a certain answer in the place of the doubt of a process that took the key over', async () => {
    finish.mockResolvedValue(false);
    const doubt = answerOfProblem(inDoubt({ ...creditInDoubt(INTERRUPTED), creditId: 'c' }), 'request-2');
    const replaced: unknown[] = [];
    revise.mockImplementation(
      async (_record, _fingerprint, decide) => void replaced.push(decide(doubt)?.body),
    );
    await keys.keep(await hold(sent(1)), { status: 200, body: { outcome: 'updated' } }, REPLY);
    expect(replaced).toEqual(['{"outcome":"updated"}']);
    expect(log.write.mock.lastCall?.slice(0, 2)).toEqual(['info', 'idempotency.revised']);
  });
});
