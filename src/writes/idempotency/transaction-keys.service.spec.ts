import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Settings } from '../../config/settings.js';
import type { StreamedBody } from '../../http/streamed-bodies.js';
import type { EventLog } from '../../observability/event-log.js';
import type { Queryable } from '../../database/database.js';
import type { IdempotencyRepository } from '../../records/idempotency.repository.js';
import type { Reserved, StoredAnswer } from '../../records/idempotency-record.js';
import { leaseMs } from './lease.js';
import { answerOf } from './stored-answer.js';
import { TransactionKeys, type TransactionalWork } from './transaction-keys.service.js';

const settings = new Settings();
const TX = {} as Queryable;
const ANSWER = answerOf(202, { id: 'a' }, { Location: '/v1/imports/a' });
const RESERVED: Reserved = {
  kind: 'reserved',
  record: { principal: 'api-key:app', endpoint: 'POST /v1/imports', key: 'k' },
  leaseToken: 't',
  isTakenOver: false,
};
const KEYED = { 'idempotency-key': ['"k"'] };

const finish = vi.fn<IdempotencyRepository['finish']>();
const reserve = vi.fn<IdempotencyRepository['reserve']>();
const records = {
  finish,
  reserve,
  release: vi.fn<IdempotencyRepository['release']>(),
  extendLease: vi.fn<IdempotencyRepository['extendLease']>(),
};
const log = { write: vi.fn<EventLog['write']>(), fault: vi.fn<EventLog['fault']>() };
const keys = new TransactionKeys(
  records as unknown as IdempotencyRepository,
  settings,
  log as unknown as EventLog,
);
const reply = {
  header: vi.fn<FastifyReply['header']>(),
  headers: vi.fn<FastifyReply['headers']>(),
  status: vi.fn<FastifyReply['status']>(),
};
const sameReply = reply as unknown as FastifyReply;

/** Reads all and keeps the answer, as an upload does. */
const upload: TransactionalWork = async ({ bytes, keep }) => {
  await text(bytes);
  await keep(TX, ANSWER);
  return ANSWER;
};

const bodyOf = (held: string, type: StreamedBody['type'] = 'text/csv'): StreamedBody => ({
  type,
  bytes: Readable.from([...held].map((one) => Buffer.from(one))),
});

function run(
  work: TransactionalWork,
  body = bodyOf('abc'),
  headersDistinct: object = KEYED,
  url = '/v1/imports',
): Promise<string> {
  const request = {
    method: 'POST',
    url,
    routeOptions: { url: '/v1/imports' },
    query: { kind: 'customers' },
    principal: { kind: 'api-key', name: 'app' },
    raw: { headersDistinct },
  } as unknown as FastifyRequest;
  return keys.run({ request, reply: sameReply, body }, work);
}

async function fail(): Promise<never> {
  throw new Error('cut off');
}

/** What would be kept for a body. */
async function answerFor(body: string): Promise<StoredAnswer> {
  reserve.mockResolvedValueOnce(RESERVED);
  await run(upload, bodyOf(body));
  const kept = finish.mock.lastCall?.[1];
  if (!kept) throw new Error('nothing was kept');
  return kept;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetAllMocks();
  finish.mockResolvedValue(true);
  records.release.mockResolvedValue(true);
  records.extendLease.mockResolvedValue(true);
  reply.header.mockReturnValue(sameReply);
  reply.headers.mockReturnValue(sameReply);
  reply.status.mockReturnValue(sameReply);
});

afterEach(() => {
  vi.useRealTimers();
});

describe(TransactionKeys.name, () => {
  it('asks for nothing and keeps nothing without a key', async () => {
    expect(await run(upload, bodyOf('abc'), {})).toBe('{"id":"a"}');
    expect(reserve).not.toHaveBeenCalled();
    expect(finish).not.toHaveBeenCalled();
    expect(reply.status).toHaveBeenCalledWith(202);
  });

  it('keeps the answer by the transaction of the work, with the digest of the body', async () => {
    const { bodyDigest, ...answer } = await answerFor('abc');
    expect(answer).toEqual(ANSWER);
    expect(bodyDigest?.toString('hex')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
    expect(finish.mock.lastCall?.[2]).toBe(TX);
    expect(records.release).not.toHaveBeenCalled();
  });

  it('answers the same body as before, without any work', async () => {
    const answer = await answerFor('abc');
    reserve.mockResolvedValue({ kind: 'replay', answer });
    const work = vi.fn<TransactionalWork>();
    expect(await run(work, bodyOf('abc'))).toBe('{"id":"a"}');
    expect(reply.header).toHaveBeenCalledWith('Idempotency-Replayed', 'true');
    expect(reply.headers).toHaveBeenLastCalledWith(expect.objectContaining({ Location: '/v1/imports/a' }));
    await expect(run(work, bodyOf('abd'))).rejects.toMatchObject({ type: 'idempotency-key-reused' });
    expect(work).not.toHaveBeenCalled();
  });

  it.each<[Reserved, string]>([
    [{ kind: 'running', retryAfterMs: 1 }, 'idempotency-key-in-use'],
    [{ kind: 'conflict' }, 'idempotency-key-reused'],
  ])('refuses at once, and reads nothing, what is %o', async (reserved, type) => {
    reserve.mockResolvedValue(reserved);
    const body = bodyOf('abc');
    await expect(run(upload, body)).rejects.toMatchObject({ type });
    expect((body.bytes as Readable).readableDidRead).toBe(false);
  });

  it('is another request with another type, another charset or another id in its path', async () => {
    const prints: string[] = [];
    reserve.mockImplementation(async (_key, { fingerprint }) => {
      prints.push(fingerprint.toString('hex'));
      return { kind: 'conflict' };
    });
    for (const [body, url] of [
      [bodyOf('a'), '/v1/imports?kind=customers'],
      [bodyOf('b'), '/v1/imports?kind=customers'],
      [{ ...bodyOf('a'), charset: 'UTF-8' }, '/v1/imports'],
      [{ ...bodyOf('a'), charset: 'utf8' }, '/v1/imports'],
      [bodyOf('a', 'application/json'), '/v1/imports'],
      [{ ...bodyOf('a'), charset: 'windows-1252' }, '/v1/imports'],
      [{ ...bodyOf('a'), charset: 'windows-1251' }, '/v1/imports'],
      [bodyOf('a'), '/v1/imports/7/retry'],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await expect(run(upload, body, KEYED, url)).rejects.toMatchObject({ type: 'idempotency-key-reused' });
    }
    expect(new Set(prints.slice(0, 4)).size).toBe(1);
    expect(new Set(prints).size).toBe(5);
  });

  it('fails the transaction where another process has the key by now', async () => {
    reserve.mockResolvedValue(RESERVED);
    finish.mockResolvedValue(false);
    await expect(run(upload)).rejects.toMatchObject({ type: 'idempotency-key-in-use' });
  });

  it('releases the key after a failure, which the caller gets also when the release fails', async () => {
    reserve.mockResolvedValue(RESERVED);
    records.release.mockRejectedValue(new Error('no database'));
    await expect(run(fail)).rejects.toThrow('cut off');
    expect(records.release).toHaveBeenCalledWith('t');
    expect(log.fault).toHaveBeenCalledWith('idempotency.not-released', expect.anything());
  });

  it('holds its lease for as long as the work lasts, and no longer', async () => {
    reserve.mockResolvedValue(RESERVED);
    records.extendLease.mockRejectedValueOnce(new Error('no database'));
    const lasts = leaseMs(settings);
    const working = run(async (keyed) => {
      await new Promise((resolve) => setTimeout(resolve, lasts * 2));
      return upload(keyed);
    });
    await vi.advanceTimersByTimeAsync(lasts * 2);
    await working;
    const calls = records.extendLease.mock.calls.length;
    expect(calls).toBeGreaterThanOrEqual(5);
    expect(records.extendLease).toHaveBeenCalledWith('t', lasts);
    await vi.advanceTimersByTimeAsync(lasts * 2);
    expect(records.extendLease).toHaveBeenCalledTimes(calls);
  });
});
