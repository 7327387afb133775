import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Settings } from '../../config/settings.js';
import type { BatchAnswerDto, OutcomeDto } from '../dto/outcome.dto.js';
import { type EarlierOutcomes, noteEarlier } from './earlier-outcomes.js';
import { guardCredit } from '../credits/guarded-credits.js';
import { ProblemException, invalidRequest } from '../../problems/problem.js';
import { EventLog } from '../../observability/event-log.js';
import { CreditsRepository } from '../../records/credits.repository.js';
import { IdempotencyRepository } from '../../records/idempotency.repository.js';
import type { HeldKey, KeySpace, Reserved } from '../../records/idempotency-record.js';
import { type KeyedElement, keyedElements, repeatedKeys } from './batch-elements.js';
import { creditIdOf } from '../credits/credit-ids.js';
import { takeOverCredits } from '../credits/credit-outcomes.js';
import { tellReused, tellRunning } from './item-outcomes.js';
import { leaseMs } from './lease.js';
import { keySpaceOf } from './read-key.js';
import { fingerprintRequest } from './request-fingerprint.js';
import { answerOf } from './stored-answer.js';
import type { WriteEndpoint } from './write-endpoint.js';

interface GuardedElement extends KeyedElement {
  /** Set where it credits points. */
  readonly creditId: string | undefined;
}

/** An element that is run now, under a lease. */
interface Held extends HeldKey {
  readonly index: number;
  readonly isTakenOver: boolean;
  /** Set where it credits points. */
  readonly creditId: string | undefined;
}

/** The keys of the elements of a batch: a batch that is sent again runs only what is new, or failed. */
@Injectable()
export class ItemKeys {
  constructor(
    private readonly records: IdempotencyRepository,
    private readonly credits: CreditsRepository,
    private readonly settings: Settings,
    private readonly log: EventLog,
  ) {}

  /**
   * Does the work of a request for those of its elements that have no outcome yet.
   *
   * @param earlier what is known of the others already
   * @throws ProblemException `invalid-request` where a key stands twice
   */
  async run(
    request: FastifyRequest,
    endpoint: WriteEndpoint,
    earlier: EarlierOutcomes,
    work: () => Promise<unknown>,
  ): Promise<unknown> {
    const elements = keyedElements(endpoint, request.body).filter(({ index }) => !earlier.has(index));
    const repeated = repeatedKeys(endpoint, elements);
    if (repeated.length > 0) throw invalidRequest(repeated);
    const keyed = elements.map((one): GuardedElement => ({
      ...one,
      creditId: one.creditsPoints ? creditIdOf({ ...itemKeySpaceOf(request), key: one.key }) : undefined,
    }));
    const told = new Map(earlier);
    const held: Held[] = [];
    const reserved = keyed.length > 0 ? await this.reserve(request, keyed) : [];
    for (const [position, { index, creditId }] of keyed.entries()) {
      const one = reserved[position];
      if (one?.kind === 'reserved') held.push({ index, creditId, ...one });
      else if (one) told.set(index, tell(one));
    }
    if (told.size > earlier.size) {
      this.log.write('info', 'idempotency.items-replayed', { itemCount: told.size - earlier.size });
    }
    try {
      const left = held.flatMap(({ index, creditId, isTakenOver }) =>
        isTakenOver && creditId !== undefined ? [[index, creditId] as const] : [],
      );
      noteEarlier(request, new Map([...told, ...(await takeOverCredits(this.credits, new Map(left)))]));
      for (const { index, creditId, leaseToken } of held) {
        if (creditId !== undefined) guardCredit(request, index, { creditId, creditLease: leaseToken });
      }
      const body = await work();
      await this.settle(held, (body as BatchAnswerDto).outcomes);
      return body;
    } catch (error) {
      // After a fault that nobody planned points may be on their way: whoever comes when the lease has ended looks.
      const isPlanned = error instanceof ProblemException;
      await this.end(
        held.filter(({ creditId }) => isPlanned || creditId === undefined),
        [],
      );
      throw error;
    }
  }

  private reserve(request: FastifyRequest, keyed: readonly GuardedElement[]): Promise<Reserved[]> {
    const { method } = request;
    const path = request.routeOptions.url ?? '';
    const { onInvalid: _ofTheBatch, ...query } = request.query as Record<string, unknown>;
    return this.records.reserveMany(
      itemKeySpaceOf(request),
      keyed.map(({ key, content, creditId }) => ({
        key,
        creditIds: creditId === undefined ? [] : [creditId],
        fingerprint: fingerprintRequest({ method, path, query, body: content }),
      })),
      leaseMs(this.settings),
    );
  }

  private async settle(held: readonly Held[], outcomes: readonly OutcomeDto[] = []): Promise<void> {
    const kept = held.flatMap(({ index, record, leaseToken }) => {
      const outcome = outcomes[index];
      if (!outcome || outcome.outcome === 'failed') return [];
      const { index: _here, ...content } = outcome;
      return [{ record, leaseToken, answer: answerOf(200, content) }];
    });
    const isKept = new Set(kept.map(({ leaseToken }) => leaseToken));
    await this.end(
      held.filter(({ leaseToken }) => !isKept.has(leaseToken)),
      kept,
    );
  }

  private async end(
    released: readonly Held[],
    kept: Parameters<IdempotencyRepository['finishMany']>[0],
  ): Promise<void> {
    try {
      const lost = kept.length > 0 ? kept.length - (await this.records.finishMany(kept)) : 0;
      if (lost > 0) this.log.write('warn', 'idempotency.lease-lost', { itemCount: lost });
      if (released.length > 0) await this.records.releaseMany(released.map(({ leaseToken }) => leaseToken));
    } catch (error) {
      this.log.fault('idempotency.not-kept', error, { itemCount: kept.length + released.length });
    }
  }
}

/** Where the keys of items mean something: they are not those of requests. */
function itemKeySpaceOf(request: FastifyRequest): KeySpace {
  const { principal, endpoint } = keySpaceOf(request);
  return { principal, endpoint: `${endpoint}#item` };
}

function tell(reserved: Exclude<Reserved, { kind: 'reserved' }>): OutcomeDto {
  switch (reserved.kind) {
    case 'replay': {
      const outcome = JSON.parse(reserved.answer.body) as OutcomeDto;
      return { ...outcome, replayed: true };
    }
    case 'running':
      return tellRunning();
    case 'conflict':
      return tellReused();
  }
}
