import { Injectable } from '@nestjs/common';
import type { ClassConstructor } from 'class-transformer';
import type { FastifyReply } from 'fastify';
import { Settings } from '../config/settings.js';
import { DeliveryService, type Terms } from '../delivery/delivery.service.js';
import type { Outcome } from '../delivery/outcome.js';
import type { Route, Update } from '../delivery/update.js';
import { noteForAudit } from '../observability/audit-notes.js';
import { KeyedHash } from '../observability/keyed-hash.js';
import { auditOutcomes } from './audit-outcomes.js';
import { answerDryRun } from './dry-run.js';
import type { DryRunDto } from './dto/dry-run.dto.js';
import type { BatchAnswerDto, UpdatedDto } from './dto/outcome.dto.js';
import { type BatchQueryDto, type RouteQueryDto, readRoute } from './dto/route-query.dto.js';
import { type ElementOutcome, answerMany, answerOne, tellMistakes } from './outcome-response.js';
import { earlierOf } from './earlier-outcomes.js';
import { underCredit } from './guarded-credits.js';
import { readBatch } from './read-batch.js';

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
  readonly terms: Terms;
  readonly reply: FastifyReply;
}

/** What all writes have in common: route, dry run, delivery, and the answer for one update or for many. */
@Injectable()
export class WriteService {
  constructor(
    private readonly delivery: DeliveryService,
    private readonly settings: Settings,
    private readonly hash: KeyedHash,
  ) {}

  async writeOne<T>(
    dto: T,
    translate: Translate<T>,
    { query, terms, reply }: WriteRequest<RouteQueryDto>,
  ): Promise<UpdatedDto | DryRunDto> {
    const update = translate(dto, readRoute(query, this.settings));
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
    const route = readRoute(query, this.settings);
    const earlier = earlierOf(request);
    const isDone = (index: number): boolean => earlier.has(index);
    const read = readBatch(dto, elements, { list, onInvalid: query.onInvalid, isDone });
    const placed = read.flatMap((one, index) =>
      'value' in one ? [{ index, update: underCredit(request, index, translate(one.value, route)) }] : [],
    );
    const updates = placed.map(({ update }) => update);
    if (query.dryRun === 'true') {
      const invalid = read.flatMap((one, index) =>
        'mistakes' in one ? [{ index, errors: tellMistakes(one.mistakes) }] : [],
      );
      return answerDryRun(this.delivery.plan(updates), placed, invalid);
    }

    const outcomes = await this.submit(updates, terms, reply);
    let delivered = 0;
    const inOrder = read.flatMap((one, index): ElementOutcome[] => {
      const told = earlier.get(index);
      if (told) return [{ outcome: 'told-before', told }];
      if ('mistakes' in one) return [{ outcome: 'invalid', mistakes: one.mistakes }];
      const outcome = outcomes[delivered++];
      return outcome ? [outcome] : [];
    });
    const { status, body } = answerMany(inOrder);
    reply.status(status);
    return body;
  }

  private async submit(
    updates: readonly Update[],
    terms: Terms,
    { request }: FastifyReply,
  ): Promise<Outcome[]> {
    const outcomes = await this.delivery.submit(updates, terms);
    noteForAudit(request, {
      itemCount: updates.length,
      customers: this.hash.ofCustomers(updates),
      ...auditOutcomes(outcomes),
    });
    return outcomes;
  }
}
