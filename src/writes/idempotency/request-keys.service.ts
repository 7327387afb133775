import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Settings } from '../../config/settings.js';
import type { BatchAnswerDto, OutcomeDto } from '../dto/outcome.dto.js';
import { Problem } from '../../problems/problem.js';
import { EventLog } from '../../observability/event-log.js';
import { CreditsRepository } from '../../records/credits.repository.js';
import type { HeldKey, Reserved, StoredAnswer } from '../../records/idempotency-record.js';
import { type CreditIds, creditIdsOf } from '../credits/credit-ids.js';
import { takeOverCredits } from '../credits/credit-outcomes.js';
import { keyRequired, refusalOf } from './idempotency-problems.js';
import { type CreditGuards, type Held, type KnownOutcomes, NONE_KNOWN } from './held.js';
import { KeyLeases } from './key-leases.service.js';
import { readKeyOf, recordOf } from './read-key.js';
import { fingerprintRequest, pathOf } from './request-fingerprint.js';
import { type SentItems, creditsWithoutKey } from './sent-items.js';
import { answerOf, answerOfProblem, isFinal, replay, send } from './stored-answer.js';

/** The right to work on a request, which ends with `keep` or `release`. */
export interface HeldRequest extends Held {
  readonly kind: 'held';
  /** Absent where the request has no key. */
  readonly lease?: HeldKey;
}

/** A request that was answered before. */
export interface AnsweredRequest {
  readonly kind: 'answered';
  readonly answer: StoredAnswer;
}

const WITHOUT_KEY: HeldRequest = { kind: 'held', known: NONE_KNOWN, guards: new Map() };
const NO_CREDITS: CreditIds = new Map();

/**
 * Keeps the promise of `Idempotency-Key` for whole requests: `reserve`, work, `keep`. The answer is kept before the
 * caller gets it, so a caller who asks again after any answer gets the same one.
 * Source: draft-ietf-httpapi-idempotency-key-header-07.
 */
@Injectable()
export class RequestKeys {
  constructor(
    private readonly leases: KeyLeases,
    private readonly credits: CreditsRepository,
    private readonly settings: Settings,
    private readonly log: EventLog,
  ) {}

  /**
   * Reserves the key of a request, where it has one.
   *
   * @param sent the items that may credit points; absent where the endpoint credits none
   * @throws Problem where the key is in use, belongs to another request, or is missing and points are credited
   */
  async reserve(request: FastifyRequest, sent?: SentItems): Promise<HeldRequest | AnsweredRequest> {
    const key = readKeyOf(request);
    if (key === undefined) {
      if (sent) this.demandKey(sent);
      return WITHOUT_KEY;
    }
    const record = recordOf(request, key);
    const creditIds = sent ? creditIdsOf(record, sent) : NO_CREDITS;
    const { method, body } = request;
    const query = request.query as Record<string, unknown>;
    const reserved = await this.leases.reserve(record, {
      fingerprint: fingerprintRequest({ method, path: pathOf(request), query, body }),
      creditIds: [...creditIds.values()],
    });
    switch (reserved.kind) {
      case 'replay':
        this.log.write('info', 'idempotency.replayed', { status: reserved.answer.status });
        return { kind: 'answered', answer: reserved.answer };
      case 'running':
      case 'conflict':
        throw refusalOf(reserved.kind);
      case 'reserved':
        return this.hold(reserved, creditIds);
    }
  }

  /**
   * Keeps an answer, where the request has a key. Whatever becomes of the record, the caller gets the true answer.
   *
   * @param answer of a batch: where a part of it failed, the key stays open for that part
   * @returns what to send as the body
   */
  async keep<Body>(
    { lease }: HeldRequest,
    { status, body }: { readonly status: number; readonly body: Body },
    reply: FastifyReply,
  ): Promise<Body | string> {
    reply.status(status);
    if (!lease) return body;
    const answer = answerOf(status, body);
    await this.leases.finish([{ ...lease, answer }], hasFailed(body));
    return send(reply, answer);
  }

  /**
   * Ends the right after an error. A final problem is kept as the answer; after any other one the key may try again.
   * After a fault that was not planned, points may have been sent: the lease stays, and the next process that takes it
   * over looks at the credits.
   */
  async release({ lease, guards }: HeldRequest, error: unknown, requestId: string): Promise<void> {
    if (!lease) return;
    if (error instanceof Problem && isFinal(error)) {
      await this.leases.finish([{ ...lease, answer: answerOfProblem(error, requestId) }]);
    } else if (error instanceof Problem || guards.size === 0) {
      await this.leases.release([lease]);
    } else this.leases.abandon([lease]);
  }

  /** Does work that credits no points once for each key, and otherwise answers as before. */
  async once<Body>(reply: FastifyReply, work: () => Promise<Body>): Promise<Body | string> {
    const held = await this.reserve(reply.request);
    if (held.kind === 'answered') return replay(reply, held.answer);
    try {
      const body = await work();
      return await this.keep(held, { status: reply.statusCode, body }, reply);
    } catch (error) {
      await this.release(held, error, reply.request.id);
      throw error;
    }
  }

  /** @throws Problem `idempotency-key-required`, pointing at all that credits points without a key */
  private demandKey(sent: SentItems): void {
    if (this.settings.REQUIRE_IDEMPOTENCY_KEY_FOR_POINTS === 'false') return;
    const mistakes = creditsWithoutKey(sent);
    if (mistakes.length > 0) throw keyRequired(mistakes);
  }

  private async hold(
    reserved: Extract<Reserved, { kind: 'reserved' }>,
    creditIds: CreditIds,
  ): Promise<HeldRequest> {
    const guards: CreditGuards = new Map(
      [...creditIds].map(([index, creditId]) => [index, { id: creditId, lease: reserved.leaseToken }]),
    );
    const held: HeldRequest = { kind: 'held', lease: reserved, known: outcomesIn(reserved.earlier), guards };
    if (!reserved.isTakenOver) return held;
    const open = [...creditIds].filter(([index]) => !held.known.has(index));
    try {
      const left = await takeOverCredits(this.credits, new Map(open));
      return { ...held, known: new Map([...held.known, ...left]) };
    } catch (error) {
      await this.leases.release([reserved]);
      throw error;
    }
  }
}

function outcomesOf(body: unknown): readonly OutcomeDto[] {
  return (body as Partial<BatchAnswerDto>).outcomes ?? [];
}

/** Whether a part of a batch was not applied and may be tried again. */
function hasFailed(body: unknown): boolean {
  return outcomesOf(body).some(({ outcome }) => outcome === 'failed');
}

/** The outcomes of an earlier answer, without those that may be tried again. */
function outcomesIn(earlier: string | undefined): KnownOutcomes {
  if (earlier === undefined) return NONE_KNOWN;
  return new Map(
    outcomesOf(JSON.parse(earlier)).flatMap((outcome, index) =>
      outcome.outcome === 'failed' ? [] : [[index, outcome] as const],
    ),
  );
}
