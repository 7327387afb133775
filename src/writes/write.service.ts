import { Injectable } from '@nestjs/common';
import type { ClassConstructor } from 'class-transformer';
import type { FastifyReply } from 'fastify';
import { Settings } from '../config/settings.js';
import { DeliveryService, type SubmitOptions } from '../delivery/delivery.service.js';
import type { Outcome } from '../delivery/outcome.js';
import type { Route, Update } from '../delivery/update.js';
import { noteForAudit } from '../observability/audit-notes.js';
import { KeyedHash } from '../observability/keyed-hash.js';
import { auditOutcomes } from './audit-outcomes.js';
import { InboundLimits } from '../security/inbound-limits.service.js';
import { callerOf } from '../security/principal.js';
import { answerDryRun } from './to-dry-run-dto.js';
import type { DryRunDto } from './dto/dry-run.dto.js';
import type { BatchAnswerDto, UpdatedDto } from './dto/outcome.dto.js';
import { type BatchQueryDto, type RouteQueryDto, readRoute } from './dto/route-query.dto.js';
import {
  type ElementOutcome,
  type NotAdmitted,
  answerMany,
  answerOne,
  tellMistakes,
} from './to-outcome-dto.js';
import { earlierOf } from './idempotency/earlier-outcomes.js';
import { underCredit } from './credits/guarded-credits.js';
import { MAX_MISTAKES, pointerTo } from '../validation/json-body.js';
import { judgeUpdate } from '../security/check-bounds.js';
import { PointsAllowance } from './credits/points-allowance.service.js';
import { outOfBounds } from '../problems/problem.js';
import { readBatch } from './validate-batch.js';

export type Translate<T> = (dto: T, route: Route) => Update;

/** The elements of a batch, not read yet, and how each becomes an update. */
export interface Batch<T extends object> {
  readonly dto: ClassConstructor<T>;
  readonly elements: readonly unknown[];
  /** Where they stand in the body, as `customers`. */
  readonly list: string;
  readonly translate: Translate<T>;
}

/** What a write takes from its request besides the body, and where its status goes. */
export interface WriteRequest<Query extends RouteQueryDto> {
  readonly query: Query;
  readonly terms: SubmitOptions;
  readonly reply: FastifyReply;
}

/** An element that may be sent, or why it may not. */
type JudgedElement = { readonly update: Update } | NotAdmitted;

/** What all writes have in common: route, dry run, delivery, and the answer for one update or for many. */
@Injectable()
export class WriteService {
  constructor(
    private readonly delivery: DeliveryService,
    private readonly settings: Settings,
    private readonly hash: KeyedHash,
    private readonly limits: InboundLimits,
    private readonly allowance: PointsAllowance,
  ) {}

  async writeOne<T>(
    dto: T,
    translate: Translate<T>,
    { query, terms, reply }: WriteRequest<RouteQueryDto>,
  ): Promise<UpdatedDto | DryRunDto> {
    await this.limits.countUpdates(reply.request, 1);
    const principal = callerOf(reply.request);
    const update = translate(dto, readRoute(query, this.settings, principal));
    const outside = judgeUpdate(update, principal);
    if (outside.length > 0) throw outOfBounds(outside);
    if (query.dryRun === 'true') {
      return answerDryRun(this.delivery.plan([update]), [{ index: 0, update }], []);
    }
    const [outcome] = await this.submit([underCredit(reply.request, 0, update)], terms, reply);
    if (!outcome) throw new Error('delivery answered no outcome for an update');
    const { status, body } = answerOne(outcome);
    reply.status(status);
    return body;
  }

  async writeMany<T extends object>(
    { dto, elements, list, translate }: Batch<T>,
    { query, terms, reply }: WriteRequest<BatchQueryDto>,
  ): Promise<BatchAnswerDto | DryRunDto> {
    const { request } = reply;
    await this.limits.countUpdates(request, elements.length);
    const principal = callerOf(request);
    const route = readRoute(query, this.settings, principal);
    const earlier = earlierOf(request);
    const isDone = (index: number): boolean => earlier.has(index);
    const read = readBatch(dto, elements, { list, onInvalid: query.onInvalid, isDone });
    const judged = read.map((one, index): JudgedElement | undefined => {
      if ('mistakes' in one) return { outcome: 'invalid', mistakes: one.mistakes };
      if (!('value' in one)) return undefined;
      const update = translate(one.value, route);
      const mistakes = judgeUpdate(update, principal, pointerTo(`/${list}`, index));
      return mistakes.length > 0 ? { outcome: 'outside', mistakes } : { update };
    });
    if (query.onInvalid !== 'skip') refuseOutside(judged);
    const placed = judged.flatMap((one, index) =>
      one && 'update' in one ? [{ index, update: underCredit(request, index, one.update) }] : [],
    );
    const updates = placed.map(({ update }) => update);
    if (query.dryRun === 'true') {
      const invalid = judged.flatMap((one, index) =>
        one && 'mistakes' in one ? [{ index, errors: tellMistakes(one) }] : [],
      );
      return answerDryRun(this.delivery.plan(updates), placed, invalid);
    }

    const outcomes = await this.submit(updates, terms, reply);
    let delivered = 0;
    const inOrder = judged.flatMap((one, index): ElementOutcome[] => {
      const told = earlier.get(index);
      if (told) return [{ outcome: 'told-before', told }];
      if (one && 'mistakes' in one) return [one];
      const outcome = outcomes[delivered++];
      return outcome ? [outcome] : [];
    });
    const { status, body } = answerMany(inOrder);
    reply.status(status);
    return body;
  }

  private async submit(
    updates: readonly Update[],
    terms: SubmitOptions,
    { request }: FastifyReply,
  ): Promise<readonly Outcome[]> {
    const outcomes = await this.allowance.spend(callerOf(request), updates, () =>
      this.delivery.submit(updates, terms),
    );
    noteForAudit(request, {
      itemCount: updates.length,
      customers: this.hash.ofCustomers(updates),
      ...auditOutcomes(outcomes),
    });
    return outcomes;
  }
}

/** @throws ProblemException `out-of-bounds` where any update is outside of what its principal may do */
function refuseOutside(judged: readonly (JudgedElement | undefined)[]): void {
  const mistakes = judged.flatMap((one) =>
    one && 'outcome' in one && one.outcome === 'outside' ? one.mistakes : [],
  );
  if (mistakes.length > 0) throw outOfBounds(mistakes.slice(0, MAX_MISTAKES));
}
