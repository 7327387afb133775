import { Injectable } from '@nestjs/common';
import type { ClassConstructor } from 'class-transformer';
import { Settings } from '../config/settings.js';
import { DeliveryService, type Terms } from '../delivery/delivery.service.js';
import type { Route, Update } from '../delivery/update.js';
import type { DryRunDto } from './dto/dry-run.dto.js';
import type { BatchAnswerDto, UpdatedDto } from './dto/outcome.dto.js';
import { type BatchQueryDto, type RouteQueryDto, readRoute } from './dto/route-query.dto.js';
import { type ElementOutcome, answerMany, answerOne } from './outcome-response.js';
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

/** What all writes have in common: route, dry run, delivery, and the answer for one update or for many. */
@Injectable()
export class WriteService {
  constructor(
    private readonly delivery: DeliveryService,
    private readonly settings: Settings,
  ) {}

  async writeOne<T>(
    dto: T,
    translate: Translate<T>,
    query: RouteQueryDto,
    terms: Terms,
  ): Promise<UpdatedDto | DryRunDto> {
    const update = translate(dto, readRoute(query, this.settings));
    if (query.dryRun === 'true') return this.plan([update]);
    const [outcome] = await this.delivery.submit([update], terms);
    if (!outcome) throw new Error('delivery answered no outcome for an update');
    return answerOne(outcome);
  }

  /** @returns the status beside the body: 200, or 207 when not all were updated */
  async writeMany<T extends object>(
    { dto, elements, list, translate }: Batch<T>,
    query: BatchQueryDto,
    terms: Terms,
  ): Promise<{ status: 200 | 207; body: BatchAnswerDto | DryRunDto }> {
    const route = readRoute(query, this.settings);
    const read = readBatch(dto, elements, list, query.onInvalid);
    const updates = read.flatMap((one) => ('value' in one ? [translate(one.value, route)] : []));
    if (query.dryRun === 'true') return { status: 200, body: this.plan(updates) };

    const outcomes = await this.delivery.submit(updates, terms);
    let delivered = 0;
    const inOrder = read.flatMap((one): ElementOutcome[] => {
      if ('mistakes' in one) return [{ outcome: 'invalid', mistakes: one.mistakes }];
      const outcome = outcomes[delivered++];
      return outcome ? [outcome] : [];
    });
    return answerMany(inOrder);
  }

  private plan(updates: readonly Update[]): DryRunDto {
    return { dryRun: true, calls: this.delivery.plan(updates) };
  }
}
