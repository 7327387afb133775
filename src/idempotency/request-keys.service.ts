import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Settings } from '../config/settings.js';
import type { BatchAnswerDto, OutcomeDto } from '../http/dto/outcome.dto.js';
import type { EarlierOutcomes } from '../http/earlier-outcomes.js';
import { ProblemException } from '../http/problem.js';
import { EventLog } from '../observability/event-log.js';
import {
  IdempotencyRepository,
  type Reserved,
  type StoredAnswer,
} from '../storage/idempotency.repository.js';
import { elementsOf } from './batch-elements.js';
import { interrupted, keyInUse, keyReused } from './idempotency-problems.js';
import { leaseMs } from './lease.js';
import { principalOf } from './principal.js';
import { fingerprintRequest } from './request-fingerprint.js';
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
    private readonly settings: Settings,
    private readonly log: EventLog,
  ) {}

  /**
   * Answers as before, or does the work and keeps the answer.
   *
   * @throws ProblemException as it was kept, or where the key is in use or belongs to another request
   */
  async run(keyed: KeyedRequest, work: Work): Promise<unknown> {
    const creditsPoints = mayCreditPoints(keyed);
    const reserved = await this.reserve(keyed, creditsPoints);
    switch (reserved.kind) {
      case 'replay':
        this.log.write('info', 'idempotency.replayed', { status: reserved.answer.status });
        return replay(keyed.reply, reserved.answer);
      case 'running':
        throw keyInUse();
      case 'conflict':
        throw keyReused();
      case 'abandoned':
        throw interrupted();
      case 'reserved':
        return this.runUnder(reserved, keyed, creditsPoints, work);
    }
  }

  private reserve({ request, key }: KeyedRequest, creditsPoints: boolean): Promise<Reserved> {
    const { method, body } = request;
    const path = request.routeOptions.url ?? '';
    const query = request.query as Record<string, unknown>;
    return this.records.reserve(
      { principal: principalOf(request), endpoint: `${method} ${path}`, key },
      {
        fingerprint: fingerprintRequest({ method, path, query, body }),
        leaseMs: leaseMs(this.settings),
        creditsPoints,
      },
    );
  }

  private async runUnder(
    lease: Lease,
    { request, reply }: KeyedRequest,
    creditsPoints: boolean,
    work: Work,
  ): Promise<unknown> {
    try {
      const body = await work(outcomesIn(lease.earlier));
      await this.keep(lease, answerOf(reply.statusCode, body), hasFailed(body));
      return body;
    } catch (error) {
      if (error instanceof ProblemException && isFinal(error)) {
        await this.keep(lease, answerOfProblem(error, request.id), false);
      } else if (error instanceof ProblemException || !creditsPoints) {
        await this.giveBack(lease);
      }
      // After a fault that nobody planned points may be on their way: the record stays, and is told as unknown.
      throw error;
    }
  }

  /** Whatever becomes of the record, the caller gets the true answer. */
  private async keep({ leaseToken }: Lease, answer: StoredAnswer, isInPart: boolean): Promise<void> {
    const { status } = answer;
    try {
      const isKept = isInPart
        ? await this.records.finishInPart(leaseToken, answer)
        : await this.records.finish(leaseToken, answer);
      if (!isKept) this.log.write('warn', 'idempotency.lease-lost', { status });
    } catch (error) {
      this.log.fault('idempotency.not-kept', error, { status });
    }
  }

  /** The key may try again, after what was told before. */
  private async giveBack({ leaseToken, earlier }: Lease): Promise<void> {
    try {
      if (earlier) await this.records.finishInPart(leaseToken, { ...answerOf(207, {}), body: earlier });
      else await this.records.release(leaseToken);
    } catch (error) {
      this.log.fault('idempotency.not-released', error);
    }
  }
}

/** Told from the body before it is validated. */
function mayCreditPoints({ endpoint, request: { body } }: KeyedRequest): boolean {
  const { list, creditsPoints } = endpoint;
  if (!creditsPoints) return false;
  return list === undefined
    ? creditsPoints(body)
    : elementsOf(endpoint, body).some((one) => creditsPoints(one));
}

function outcomesOf(body: unknown): readonly OutcomeDto[] {
  return (body as Partial<BatchAnswerDto>).outcomes ?? [];
}

/** Whether a part of a batch was not applied and may be tried again. */
function hasFailed(body: unknown): boolean {
  return outcomesOf(body).some(({ outcome }) => outcome === 'failed');
}

/** The outcomes of an earlier answer that stand. */
function outcomesIn(earlier: Buffer | undefined): EarlierOutcomes {
  const outcomes = earlier ? outcomesOf(JSON.parse(earlier.toString())) : [];
  return new Map(
    outcomes.flatMap((told, index) => (told.outcome === 'failed' ? [] : [[index, told] as const])),
  );
}
