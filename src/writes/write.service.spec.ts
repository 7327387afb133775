import { IsArray, IsString } from 'class-validator';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Settings } from '../config/settings.js';
import type { DeliveryService } from '../delivery/delivery.service.js';
import type { Updated } from '../delivery/outcome.js';
import type { Update } from '../delivery/update.js';
import { countTurns } from '../../test/harness/count-turns.js';
import { LoopTurns } from '../http/loop-turns.service.js';
import type { InboundLimits } from '../security/inbound-limits.service.js';
import type { PointsAllowance } from './credits/points-allowance.service.js';
import type { ItemKeys } from './idempotency/item-keys.service.js';
import type { RequestKeys } from './idempotency/request-keys.service.js';
import type { UpdateKind } from './update-kind.js';
import { WriteService, type WriteRequest } from './write.service.js';

/** The clock of the test moves by this with every look at it, so a slice of 5 ms has at most six items. */
const LOOK_MS = 1;

const held = { kind: 'none', known: new Map(), guards: new Map() };
const updated: Updated = {
  outcome: 'updated',
  updateId: 'id',
  identifiers: [],
  warnings: [],
  children: [],
  attempts: 1,
  callIds: [],
};

class ItemDto {
  @IsString()
  name: string;
}

class BatchDto {
  @IsArray()
  items: unknown[];
}

const ITEMS: UpdateKind<ItemDto> = {
  name: 'items',
  updates: 'customer',
  scopes: ['customers:write'],
  dto: ItemDto,
  itemDto: ItemDto,
  batchDto: BatchDto,
  translate: (_dto, route): Update => ({
    route,
    kind: 'customer',
    item: { profiles: [{ identifiers: [], source: 'INSTORE' }], loyaltyInfo: { loyaltyType: 'loyalty' } },
    customer: [],
    children: [],
    parent: [],
    doubts: [],
  }),
};

/** Counts the turns of the event loop that others have while a batch is worked on. */
async function turnsDuring(items: number): Promise<number> {
  const writes = new WriteService(
    {
      reserve: async () => held,
      keep: async (_held: unknown, { body }: { body: unknown }) => body,
    } as unknown as RequestKeys,
    { reserve: async () => held, keep: async () => undefined } as unknown as ItemKeys,
    { countUpdates: async () => undefined } as unknown as InboundLimits,
    { count: async () => undefined, giveBack: async () => undefined } as unknown as PointsAllowance,
    {
      submit: async (updates: readonly unknown[]) => updates.map(() => updated),
    } as unknown as DeliveryService,
    new Settings(),
    new LoopTurns(),
  );
  const body = { items: Array.from({ length: items }, () => ({ name: 'Asha' })) };
  const request = { body, arrivedAt: 0, principal: { kind: 'api-key', name: 'app' } };
  const write = { query: {}, options: {}, reply: { request } } as unknown as WriteRequest;
  let nowMs = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (nowMs += LOOK_MS));
  const [turns, answer] = await countTurns(writes.many(ITEMS, write));
  expect(answer).toMatchObject({ summary: { total: items, updated: items } });
  return turns;
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe(WriteService.name, () => {
  it('prepares a large batch in slices, so that others have their turns', async () => {
    expect(await turnsDuring(1000)).toBeGreaterThan(1000 / 6);
  });

  it('begins, delivers and answers a large batch in turns of their own', async () => {
    expect((await turnsDuring(51)) - (await turnsDuring(50))).toBeGreaterThanOrEqual(3);
  });
});
