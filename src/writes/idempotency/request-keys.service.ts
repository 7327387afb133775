import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Settings } from '../../config/settings.js';
import type { BatchAnswerDto, OutcomeDto } from '../dto/outcome.dto.js';
import type { EarlierOutcomes } from './earlier-outcomes.js';
import { guardCredit } from '../credits/guarded-credits.js';
import { ProblemException } from '../../problems/problem.js';
import { EventLog } from '../../observability/event-log.js';
import { CreditsRepository } from '../../records/credits.repository.js';
import { IdempotencyRepository } from '../../records/idempotency.repository.js';
import type { RecordKey, Reserved, StoredAnswer } from '../../records/idempotency-record.js';
import { type CreditIds, creditIdsOf } from '../credits/credit-ids.js';
import { takeOverCredits } from '../credits/credit-outcomes.js';
import { inDoubt, refusalOf } from './idempotency-problems.js';
import { giveBack, leaseMs } from './lease.js';
import { recordOf } from './read-key.js';
import { fingerprintRequest, pathOf } from './request-fingerprint.js';
import { answerOf, answerOfProblem, isFinal, replay } from './stored-answer.js';
import type { WriteEndpoint } from './write-endpoint.js';

/** A request with a key. */
export interface KeyedRequest {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly endpoint: WriteEndpoint;
  readonly key: string;
}

/** Does what is left to do after the outcomes that are known. */
export type Work = (earlier: EarlierOutcomes) => Promise<unknown>;

type Lease = Extract<Reserved, { kind: 'reserved' }>;

/** The key of a whole request. */
@Injectable()
export class RequestKeys {
  constructor(
    private readonly records: IdempotencyRepository,
    private readonly credits: CreditsRepository,
    private readonly settings: Settings,
    private readonly log: EventLog,
  ) {}

  /**
   * Answers as before, or does the work and keeps the answer.
   *
   * @throws ProblemException as it was kept, or where the key is in use or belongs to another request
   */
  async run(keyed: KeyedRequest, work: Work): Promise<unknown> {
    const record = recordOf(keyed.request, keyed.key);
    const creditIds = creditIdsOf(record, keyed.endpoint, keyed.request.body);
    const reserved = await this.reserve(keyed, record, creditIds);
    switch (reserved.kind) {
      case 'replay':
        this.log.write('info', 'idempotency.replayed', { status: reserved.answer.status });
        return replay(keyed.reply, reserved.answer);
      case 'running':
      case 'conflict':
        throw refusalOf(reserved.kind);
      case 'reserved':
        return this.runUnder(reserved, keyed, creditIds, work);
    }
  }

  private reserve({ request }: KeyedRequest, record: RecordKey, creditIds: CreditIds): Promise<Reserved> {
    const { method, body } = request;
    const query = request.query as Record<string, unknown>;
    return this.records.reserve(record, {
      fingerprint: fingerprintRequest({ method, path: pathOf(request), query, body }),
      leaseMs: leaseMs(this.settings),
      creditIds: [...creditIds.values()],
    });
  }

  private async runUnder(
    lease: Lease,
    keyed: KeyedRequest,
    creditIds: CreditIds,
    work: Work,
  ): Promise<unknown> {
    const { request, reply } = keyed;
    try {
      const earlier = await this.earlierUnder(lease, creditIds);
      for (const [index, creditId] of creditIds) {
        guardCredit(request, index, { creditId, creditLease: lease.leaseToken });
      }
      const only = keyed.endpoint.list === undefined ? earlier.get(0) : undefined;
      const body = only ? tellOnly(only) : await work(earlier);
      await this.keep(lease, answerOf(reply.statusCode, body), hasFailed(body));
      return body;
    } catch (error) {
      if (error instanceof ProblemException && isFinal(error)) {
        await this.keep(lease, answerOfProblem(error, request.id), false);
      } else if (error instanceof ProblemException || creditIds.size === 0) {
        await giveBack(lease.leaseToken, this.records, this.log);
      }
      // After a fault that nobody planned points may be on their way: whoever comes when the lease has ended looks.
      throw error;
    }
  }

  /** What is known already, from an earlier answer or of the credits that somebody left. */
  private async earlierUnder(
    { earlier, isTakenOver }: Lease,
    creditIds: CreditIds,
  ): Promise<EarlierOutcomes> {
    const told = outcomesIn(earlier);
    if (!isTakenOver) return told;
    const open = [...creditIds].filter(([index]) => !told.has(index));
    return new Map([...told, ...(await takeOverCredits(this.credits, new Map(open)))]);
  }

  /** Whatever becomes of the record, the caller gets the true answer. */
  private async keep(lease: Lease, answer: StoredAnswer, isInPart: boolean): Promise<void> {
    const { status } = answer;
    try {
      const isKept = isInPart
        ? await this.records.finishInPart(lease, answer)
        : await this.records.finish(lease, answer);
      if (!isKept) this.log.write('warn', 'idempotency.lease-lost', { status });
    } catch (error) {
      this.log.fault('idempotency.not-kept', error, { status });
    }
  }
}

/** @throws ProblemException where nobody knows */
function tellOnly(told: OutcomeDto): OutcomeDto {
  if (told.outcome === 'unknown') throw inDoubt(told);
  return told;
}

function outcomesOf(body: unknown): readonly OutcomeDto[] {
  return (body as Partial<BatchAnswerDto>).outcomes ?? [];
}

/** Whether a part of a batch was not applied and may be tried again. */
function hasFailed(body: unknown): boolean {
  return outcomesOf(body).some(({ outcome }) => outcome === 'failed');
}

/** The outcomes of an earlier answer that stand. */
function outcomesIn(earlier: string | undefined): EarlierOutcomes {
  const outcomes = earlier ? outcomesOf(JSON.parse(earlier)) : [];
  return new Map(
    outcomes.flatMap((told, index) => (told.outcome === 'failed' ? [] : [[index, told] as const])),
  );
}
