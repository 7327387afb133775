import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Settings } from '../config/settings.js';
import { DeliveryService, type SubmitOptions } from '../delivery/delivery.service.js';
import type { Outcome } from '../delivery/outcome.js';
import { type Update, guardCredit } from '../delivery/update.js';
import { LoopTurns } from '../http/loop-turns.service.js';
import { inSpan } from '../observability/tracing/span.js';
import { noteForAudit } from '../observability/audit-facts.js';
import { type Problem, invalidRequest, outOfBounds } from '../problems/problem.js';
import { InboundLimits } from '../security/inbound-limits.service.js';
import { callerOf } from '../security/principal.js';
import { insufficientScopeOfParts } from '../security/security-problems.js';
import { MAX_MISTAKES } from '../validation/json-body.js';
import { validateAs } from '../validation/validate-as.js';
import { auditOutcomes } from './audit-outcomes.js';
import { PointsAllowance, pointsOf } from './credits/points-allowance.service.js';
import type { DryRunDto } from './dto/dry-run.dto.js';
import type { BatchAnswerDto, UpdatedDto } from './dto/outcome.dto.js';
import type { BatchQueryDto, RouteQueryDto } from './dto/route-query.dto.js';
import { ItemKeys } from './idempotency/item-keys.service.js';
import { type KnownOutcomes, NONE_KNOWN } from './idempotency/held.js';
import { type HeldRequest, RequestKeys } from './idempotency/request-keys.service.js';
import type { SentItems } from './idempotency/sent-items.js';
import { replay } from './idempotency/stored-answer.js';
import { type Preparation, type PreparedUpdate, prepareUpdate } from './prepare-update.js';
import { resolveRoute } from './resolve-route.js';
import { type PlacedUpdate, toDryRunDto } from './to-dry-run-dto.js';
import {
  type Answer,
  type ItemOutcome,
  type NotAccepted,
  answerKnown,
  answerMany,
  answerOne,
  toErrorDtos,
} from './to-outcome-dto.js';
import type { UpdateKind } from './update-kind.js';

/** A batch of this size takes a millisecond, which is no reason to wait for a turn. */
const FEW_ITEMS = 50;

/** What a write takes from its request besides the body. */
export interface WriteRequest<Query extends RouteQueryDto = RouteQueryDto> {
  readonly query: Query;
  readonly options: SubmitOptions;
  readonly reply: FastifyReply;
}

/** The pipeline of every write: route, key, validation, translation, bounds, limits, delivery, answer. */
@Injectable()
export class WriteService {
  constructor(
    private readonly requestKeys: RequestKeys,
    private readonly itemKeys: ItemKeys,
    private readonly limits: InboundLimits,
    private readonly allowance: PointsAllowance,
    private readonly delivery: DeliveryService,
    private readonly settings: Settings,
    private readonly turns: LoopTurns,
  ) {}

  /**
   * Answers a request for one update.
   *
   * @returns the answer, or the text of the answer that is kept under the request's key
   * @throws Problem unless it was updated
   */
  async one<T extends object>(
    kind: UpdateKind<T>,
    write: WriteRequest,
  ): Promise<UpdatedDto | DryRunDto | string> {
    const { reply } = write;
    const { request } = reply;
    const preparation = this.preparationOf(write);
    if (write.query.dryRun === 'true') {
      const update = prepareOne(kind, request.body, preparation);
      await this.limits.countUpdates(request, 1);
      return toDryRunDto(this.delivery.plan([update]), [{ index: 0, update }], []);
    }

    const sent: SentItems = { kind, items: [request.body], isBatch: false };
    const held = await inSpan('idempotency', () => this.requestKeys.reserve(request, sent));
    if (held.kind === 'answered') return replay(reply, held.answer);
    try {
      const known = held.known.get(0);
      if (known) return await this.requestKeys.keep(held, answerKnown(known), reply);
      const update = inSpan('prepare', () => prepareOne(kind, request.body, preparation));
      await this.limits.countUpdates(request, 1);
      const [outcome] = await this.deliver([guardCredit(update, held.guards.get(0))], write);
      if (!outcome) throw new Error('delivery returned no outcome for an update');
      return await inSpan('keep answer', () => this.requestKeys.keep(held, answerOne(outcome), reply));
    } catch (error) {
      await this.requestKeys.release(held, error, request.id);
      throw error;
    }
  }

  /**
   * Answers a request for many updates.
   *
   * @returns the answer, or the text of the answer that is kept under the request's key
   * @throws Problem where none was sent
   */
  async many<T extends object>(
    kind: UpdateKind<T>,
    write: WriteRequest<BatchQueryDto>,
  ): Promise<BatchAnswerDto | DryRunDto | string> {
    const { reply } = write;
    const { request } = reply;
    const preparation = this.preparationOf(write);
    const sent: SentItems = { kind, items: readBatch(kind, request.body), isBatch: true };
    if (write.query.dryRun === 'true') return this.planMany(kind, sent, preparation, write);

    const held = await inSpan('idempotency', () => this.requestKeys.reserve(request, sent));
    if (held.kind === 'answered') return replay(reply, held.answer);
    try {
      const answer = await this.answerItems(kind, sent, preparation, held, write);
      return await inSpan('keep answer', () => this.requestKeys.keep(held, answer, reply));
    } catch (error) {
      await this.requestKeys.release(held, error, request.id);
      throw error;
    }
  }

  /** Sends the items that have no outcome yet, under their own keys, and answers all in the order sent. */
  private async answerItems<T extends object>(
    kind: UpdateKind<T>,
    sent: SentItems,
    preparation: Preparation,
    heldRequest: HeldRequest,
    write: WriteRequest<BatchQueryDto>,
  ): Promise<Answer<BatchAnswerDto>> {
    const { request } = write.reply;
    const held = await inSpan('idempotency', () => this.itemKeys.reserve(request, sent, heldRequest));
    try {
      await this.limits.countUpdates(request, sent.items.length);
      const prepared = await inSpan('prepare', () =>
        this.prepareMany(kind, sent, preparation, held.known, write),
      );
      const updates = accepted(prepared).map(({ index, update }) =>
        guardCredit(update, held.guards.get(index)),
      );
      await this.turnFor(sent, write);
      const outcomes = await this.deliver(updates, write);
      await this.turnFor(sent, write);
      const answer = answerMany(inOrder(prepared, held.known, outcomes));
      await this.itemKeys.keep(held, answer.body.outcomes);
      return answer;
    } catch (error) {
      await this.itemKeys.release(held, error);
      throw error;
    }
  }

  private preparationOf({ query, reply }: WriteRequest): Preparation {
    const caller = callerOf(reply.request);
    return {
      route: resolveRoute(query, this.settings, caller),
      bounds: caller,
      scopes: caller.scopes,
      settings: this.settings,
    };
  }

  private async planMany<T extends object>(
    kind: UpdateKind<T>,
    sent: SentItems,
    preparation: Preparation,
    write: WriteRequest<BatchQueryDto>,
  ): Promise<DryRunDto> {
    await this.limits.countUpdates(write.reply.request, sent.items.length);
    const prepared = await this.prepareMany(kind, sent, preparation, NONE_KNOWN, write);
    const placed = accepted(prepared);
    const invalid = prepared.flatMap((one, index) =>
      one && 'mistakes' in one ? [{ index, errors: toErrorDtos(one) }] : [],
    );
    return toDryRunDto(this.delivery.plan(placed.map(({ update }) => update)), placed, invalid);
  }

  /**
   * Prepares the items of a batch in slices, one by one, so that a mistake in one need not stop the others; undefined
   * where an outcome is known.
   *
   * @throws Problem with the mistakes of all items, unless such items are to be skipped
   */
  private async prepareMany<T extends object>(
    kind: UpdateKind<T>,
    sent: SentItems,
    preparation: Preparation,
    known: KnownOutcomes,
    write: WriteRequest<BatchQueryDto>,
  ): Promise<(PreparedUpdate | undefined)[]> {
    const { query, reply } = write;
    const { onInvalid = 'reject' } = query;
    await this.turnFor(sent, write);
    const work = prepareItems(kind, sent, preparation, known);
    const prepared = await this.turns.run(work, reply.request.arrivedAt);
    if (onInvalid === 'skip') return prepared;
    for (const outcome of ['invalid', 'insufficient-scope', 'out-of-bounds'] as const) {
      const mistakes = prepared.flatMap((one) =>
        one && 'outcome' in one && one.outcome === outcome ? one.mistakes : [],
      );
      if (mistakes.length > 0) throw problemOf({ outcome, mistakes: mistakes.slice(0, MAX_MISTAKES) });
    }
    return prepared;
  }

  /** Gives the next step of a large batch a turn of the event loop of its own. */
  private async turnFor({ items }: SentItems, { reply }: WriteRequest): Promise<void> {
    if (items.length > FEW_ITEMS) await this.turns.next(reply.request.arrivedAt);
  }

  /** Delivers updates, when their points fit into the caller's day. */
  private async deliver(
    updates: readonly Update[],
    { options, reply: { request } }: WriteRequest,
  ): Promise<readonly Outcome[]> {
    const principal = callerOf(request);
    const day = await this.allowance.count(principal, pointsOf(updates));
    const outcomes = await this.delivery.submit(updates, options);
    await this.allowance.giveBack(principal, day, updates, outcomes);
    noteForAudit(request, auditOutcomes(outcomes));
    return outcomes;
  }
}

/** @throws Problem unless the update may be sent */
function prepareOne<T extends object>(kind: UpdateKind<T>, body: unknown, preparation: Preparation): Update {
  const prepared = prepareUpdate(kind, body, preparation);
  if ('update' in prepared) return prepared.update;
  throw problemOf(prepared);
}

/** @throws Problem `invalid-request` unless the body holds a list of the right length; its items may be anything */
function readBatch({ name, batchDto }: UpdateKind, body: unknown): readonly unknown[] {
  const list = listIn(body, name);
  // Items in their place that cost nothing: each is validated later, by itself.
  const outside = list ? { ...(body as object), [name]: list.map(() => null) } : body;
  const validated = validateAs(batchDto, outside);
  if ('mistakes' in validated) throw invalidRequest(validated.mistakes);
  return list ?? [];
}

function listIn(body: unknown, name: string): readonly unknown[] | undefined {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  const list = (body as Readonly<Record<string, unknown>>)[name];
  return Array.isArray(list) ? list : undefined;
}

/** Prepares the items of a batch one by one; undefined where an outcome is known. */
function* prepareItems<T extends object>(
  kind: UpdateKind<T>,
  { items }: SentItems,
  preparation: Preparation,
  known: KnownOutcomes,
): Generator<void, (PreparedUpdate | undefined)[]> {
  const list = `/${kind.name}`;
  const prepared: (PreparedUpdate | undefined)[] = [];
  for (const [index, item] of items.entries()) {
    const as = { dto: kind.itemDto, pointer: `${list}/${index}` };
    prepared.push(known.has(index) ? undefined : prepareUpdate(kind, item, preparation, as));
    yield;
  }
  return prepared;
}

function accepted(prepared: readonly (PreparedUpdate | undefined)[]): PlacedUpdate[] {
  return prepared.flatMap((one, index) => (one && 'update' in one ? [{ index, update: one.update }] : []));
}

/** Puts what was known, what was not accepted, and what was delivered into the order sent. */
function inOrder(
  prepared: readonly (PreparedUpdate | undefined)[],
  known: KnownOutcomes,
  delivered: readonly Outcome[],
): ItemOutcome[] {
  let next = 0;
  return prepared.flatMap((one, index): ItemOutcome[] => {
    const before = known.get(index);
    if (before) return [{ outcome: 'known', known: before }];
    if (one && 'mistakes' in one) return [one];
    const outcome = delivered[next++];
    return outcome ? [outcome] : [];
  });
}

function problemOf({ outcome, mistakes }: NotAccepted): Problem {
  switch (outcome) {
    case 'invalid':
      return invalidRequest(mistakes);
    case 'insufficient-scope':
      return insufficientScopeOfParts(mistakes);
    case 'out-of-bounds':
      return outOfBounds(mistakes);
  }
}
