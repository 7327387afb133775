import { type Hash, createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Settings } from '../../config/settings.js';
import type { StreamedBody } from '../../http/streamed-bodies.js';
import { EventLog } from '../../observability/event-log.js';
import type { Queryable } from '../../database/database.js';
import { IdempotencyRepository } from '../../records/idempotency.repository.js';
import type { HeldKey, Reserved, StoredAnswer } from '../../records/idempotency-record.js';
import { keyInUse, keyReused, refusalOf } from './idempotency-problems.js';
import { release, leaseMs } from './lease.js';
import { readKeyOf, recordOf } from './read-key.js';
import { fingerprintRequest, pathOf } from './request-fingerprint.js';
import { replay, send } from './stored-answer.js';

/** A request that may have a key. */
export interface KeyedRequest {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** Absent where the request has no body. */
  readonly body?: StreamedBody;
}

/** What the work gets. */
export interface KeyedWork {
  /** The body, to be read to its end before the answer is kept. */
  readonly bytes: AsyncIterable<Buffer>;
  readonly hasKey: boolean;
  /**
   * Keeps the answer, where there is a key, as part of the transaction that makes it true.
   *
   * @throws Problem `idempotency-key-in-use` where another process has the key by now: the transaction must fail
   */
  readonly keep: (tx: Queryable, answer: StoredAnswer) => Promise<void>;
}

/** Does all that the request asks for; when it throws, none of it is done. */
export type TransactionalWork = (given: KeyedWork) => Promise<StoredAnswer>;

async function* hashed(bytes: AsyncIterable<Buffer>, hash: Hash): AsyncGenerator<Buffer> {
  for await (const piece of bytes) {
    hash.update(piece);
    yield piece;
  }
}

async function digestOf(bytes: AsyncIterable<Buffer>): Promise<Buffer> {
  const hash = createHash('sha256');
  for await (const piece of bytes) hash.update(piece);
  return hash.digest();
}

/** Names the format of a body: with another charset, the same bytes are other text. */
function formatOf({ type, charset = 'utf-8' }: StreamedBody): string | readonly string[] {
  const encoding = charset.toLowerCase();
  return encoding === 'utf-8' || encoding === 'utf8' ? type : [type, encoding];
}

/**
 * Keeps the promise of `Idempotency-Key` for requests that end with one transaction, which also keeps the answer:
 * whenever the process ends, either both are stored or neither is. So another process can take the work over at any time,
 * also when it credits points. The body may be a stream: a digest of it is kept with the answer.
 */
@Injectable()
export class TransactionKeys {
  constructor(
    private readonly records: IdempotencyRepository,
    private readonly settings: Settings,
    private readonly log: EventLog,
  ) {}

  /**
   * Returns the earlier answer, or does the work.
   *
   * @returns what to send as the body
   * @throws Problem of the work, or where the key is in use or belongs to another request
   */
  async run(asked: KeyedRequest, work: TransactionalWork): Promise<string> {
    const { request, reply, body } = asked;
    const bytes = body?.bytes ?? Readable.from([]);
    const key = readKeyOf(request);
    if (key === undefined) {
      return send(reply, await work({ bytes, hasKey: false, keep: async () => undefined }));
    }
    const reserved = await this.reserve(asked, key);
    switch (reserved.kind) {
      case 'reserved':
        return send(reply, await this.runUnder(reserved, bytes, work));
      case 'replay':
        return this.replaySame(reply, reserved.answer, bytes);
      case 'running':
      case 'conflict':
        throw refusalOf(reserved.kind);
    }
  }

  private reserve({ request, body }: KeyedRequest, key: string): Promise<Reserved> {
    const { method } = request;
    const query = request.query as Record<string, unknown>;
    return this.records.reserve(recordOf(request, key), {
      fingerprint: fingerprintRequest({
        method,
        path: pathOf(request),
        query,
        body: body ? formatOf(body) : null,
      }),
      leaseMs: leaseMs(this.settings),
      creditIds: [], // none leaves before the transaction
    });
  }

  private async runUnder(
    held: HeldKey,
    bytes: AsyncIterable<Buffer>,
    work: TransactionalWork,
  ): Promise<StoredAnswer> {
    const { leaseToken } = held;
    const hash = createHash('sha256');
    const lastsMs = leaseMs(this.settings);
    const extending = setInterval(() => {
      this.records.extendLease(leaseToken, lastsMs).catch(() => undefined); // keeping the answer reports it
    }, lastsMs / 3);
    try {
      return await work({
        bytes: hashed(bytes, hash),
        hasKey: true,
        keep: async (tx, answer) => {
          const isKept = await this.records.finish(held, { ...answer, bodyDigest: hash.digest() }, tx);
          if (isKept) return;
          this.log.write('warn', 'idempotency.lease-lost', { status: answer.status });
          throw keyInUse();
        },
      });
    } catch (error) {
      await release(leaseToken, this.records, this.log);
      throw error;
    } finally {
      clearInterval(extending);
    }
  }

  /** Only the whole body shows whether it is the same request. */
  private async replaySame(
    reply: FastifyReply,
    answer: StoredAnswer,
    bytes: AsyncIterable<Buffer>,
  ): Promise<string> {
    const digest = await digestOf(bytes);
    if (!answer.bodyDigest?.equals(digest)) throw keyReused();
    this.log.write('info', 'idempotency.replayed', { status: answer.status });
    return replay(reply, answer);
  }
}
