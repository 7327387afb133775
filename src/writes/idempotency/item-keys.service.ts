import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { OutcomeDto } from '../dto/outcome.dto.js';
import { Problem, invalidRequest } from '../../problems/problem.js';
import { EventLog } from '../../observability/event-log.js';
import { CreditsRepository } from '../../records/credits.repository.js';
import type { HeldKey, KeySpace, Reserved } from '../../records/idempotency-record.js';
import { creditIdOf } from '../credits/credit-ids.js';
import { takeOverCredits } from '../credits/credit-outcomes.js';
import { itemInUse, keyOfAnotherItem } from './key-conflict-outcomes.js';
import type { Held } from './held.js';
import { KeyLeases } from './key-leases.service.js';
import { keySpaceOf } from './read-key.js';
import { fingerprintRequest } from './request-fingerprint.js';
import { type KeyedItem, type SentItems, keyedItems, repeatedKeys } from './sent-items.js';
import { answerOf } from './stored-answer.js';

/** An item with the id of its credit. */
interface GuardedItem extends KeyedItem {
  /** Set where it credits points. */
  readonly creditId: string | undefined;
}

/** The right to work on one item. */
interface HeldItem extends HeldKey {
  readonly index: number;
  readonly isTakenOver: boolean;
  /** Set where it credits points. */
  readonly creditId: string | undefined;
}

/** The right to work on the items of a batch, which ends with `keep` or `release`. */
export interface HeldItems extends Held {
  readonly items: readonly HeldItem[];
}

/** Keeps the promise of `idempotencyKey` for the items of a batch: one that is sent again works on new and failed items only. */
@Injectable()
export class ItemKeys {
  constructor(
    private readonly leases: KeyLeases,
    private readonly credits: CreditsRepository,
    private readonly log: EventLog,
  ) {}

  /**
   * Reserves the keys of items without an outcome.
   *
   * @param held what the key of the whole request knows and guards
   * @throws Problem `invalid-request` where a key is there twice
   */
  async reserve(request: FastifyRequest, sent: SentItems, held: Held): Promise<HeldItems> {
    const keyed = keyedItems(sent).filter(({ index }) => !held.known.has(index));
    if (keyed.length === 0) return { known: held.known, guards: held.guards, items: [] };
    const repeated = repeatedKeys(sent.kind, keyed);
    if (repeated.length > 0) throw invalidRequest(repeated);

    const space = itemKeySpaceOf(request);
    const guarded = keyed.map((item): GuardedItem => ({
      ...item,
      creditId: item.creditsPoints ? creditIdOf({ ...space, key: item.key }) : undefined,
    }));
    const reserved = await this.reserveAll(request, space, guarded);
    const known = new Map(held.known);
    const guards = new Map(held.guards);
    const items: HeldItem[] = [];
    for (const [position, { index, creditId }] of guarded.entries()) {
      const one = reserved[position];
      if (one?.kind !== 'reserved') {
        if (one) known.set(index, outcomeOf(one));
        continue;
      }
      items.push({ index, creditId, ...one });
      if (creditId !== undefined) guards.set(index, { id: creditId, lease: one.leaseToken });
    }
    this.logKnown(reserved);
    return this.takeOver({ known, guards, items });
  }

  /** Keeps the outcomes of the items; an item that failed may be tried again. */
  async keep({ items }: HeldItems, outcomes: readonly OutcomeDto[]): Promise<void> {
    const kept = items.flatMap(({ index, record, leaseToken }) => {
      const outcome = outcomes[index];
      if (!outcome || outcome.outcome === 'failed') return [];
      const { index: _here, ...content } = outcome;
      return [{ record, leaseToken, answer: answerOf(200, content) }];
    });
    const isKept = new Set(kept.map(({ leaseToken }) => leaseToken));
    const open = items.filter(({ leaseToken }) => !isKept.has(leaseToken));
    await this.leases.finish(kept);
    await this.leases.release(open);
  }

  /**
   * Ends the right after an error, so that the items may be tried again. After a fault that was not planned, points may
   * have been sent: those leases stay, and the next process that takes them over looks at the credits.
   */
  async release({ items }: HeldItems, error: unknown): Promise<void> {
    const isPlanned = error instanceof Problem;
    const mayRelease = ({ creditId }: HeldItem): boolean => isPlanned || creditId === undefined;
    await this.leases.release(items.filter(mayRelease));
    this.leases.abandon(items.filter((item) => !mayRelease(item)));
  }

  /** Logs how many items this request does not work on, and why. */
  private logKnown(reserved: readonly Reserved[]): void {
    const count = (kind: Reserved['kind']): number => reserved.filter((one) => one.kind === kind).length;
    const [replayed, running, reused] = [count('replay'), count('running'), count('conflict')];
    if (replayed > 0) this.log.write('info', 'idempotency.items-replayed', { itemCount: replayed });
    if (running > 0) this.log.write('info', 'idempotency.items-in-use', { itemCount: running });
    if (reused > 0) this.log.write('info', 'idempotency.items-reused', { itemCount: reused });
  }

  private reserveAll(
    { method, routeOptions, query }: FastifyRequest,
    space: KeySpace,
    items: readonly GuardedItem[],
  ): Promise<Reserved[]> {
    const { onInvalid: _ofTheBatch, ...asked } = query as Record<string, unknown>;
    const path = routeOptions.url ?? '';
    return this.leases.reserveMany(
      space,
      items.map(({ key, content, creditId }) => ({
        key,
        creditIds: creditId === undefined ? [] : [creditId],
        fingerprint: fingerprintRequest({ method, path, query: asked, body: content }),
      })),
    );
  }

  /** Adds what became of the credits that an earlier process left. */
  private async takeOver(held: HeldItems): Promise<HeldItems> {
    const left = held.items.flatMap(({ index, creditId, isTakenOver }) =>
      isTakenOver && creditId !== undefined ? [[index, creditId] as const] : [],
    );
    if (left.length === 0) return held;
    try {
      const settled = await takeOverCredits(this.credits, new Map(left));
      return { ...held, known: new Map([...held.known, ...settled]) };
    } catch (error) {
      await this.release(held, error);
      throw error;
    }
  }
}

/** The keys of items are apart from those of requests. */
function itemKeySpaceOf(request: FastifyRequest): KeySpace {
  const { principal, endpoint } = keySpaceOf(request);
  return { principal, endpoint: `${endpoint}#item` };
}

/** The outcome of an item that this request does not work on. */
function outcomeOf(reserved: Exclude<Reserved, { kind: 'reserved' }>): OutcomeDto {
  switch (reserved.kind) {
    case 'replay': {
      const outcome = JSON.parse(reserved.answer.body) as OutcomeDto;
      return { ...outcome, replayed: true };
    }
    case 'running':
      return itemInUse();
    case 'conflict':
      return keyOfAnotherItem();
  }
}
