import type { FastifyRequest } from 'fastify';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Settings } from '../../config/settings.js';
import type { OutcomeDto } from '../dto/outcome.dto.js';
import type { EventLog } from '../../observability/event-log.js';
import type { CreditsRepository } from '../../records/credits.repository.js';
import type { IdempotencyRepository } from '../../records/idempotency.repository.js';
import type { UpdateKind } from '../update-kind.js';
import { aLosableDatabase } from '../../../test/builders/a-losable-database.js';
import { UnwrittenRecords } from '../../records/unwritten-records.js';
import { KeyLeases } from './key-leases.service.js';
import { ItemKeys } from './item-keys.service.js';

const finishMany = vi.fn<IdempotencyRepository['finishMany']>();
const records: Pick<IdempotencyRepository, 'reserveMany' | 'finishMany' | 'releaseMany' | 'revise'> = {
  revise: async () => undefined,
  reserveMany: async (space, asked) =>
    asked.map(({ key }) => ({
      kind: 'reserved',
      record: { ...space, key },
      leaseToken: `lease of ${key}`,
      isTakenOver: false,
    })),
  finishMany,
  releaseMany: async (leaseTokens) => leaseTokens.length,
};
const log = { write: vi.fn<EventLog['write']>(), fault: vi.fn<EventLog['fault']>() };
const eventLog = log as unknown as EventLog;
const unwritten = new UnwrittenRecords(aLosableDatabase().database, new Settings(), eventLog);
const keys = new ItemKeys(
  new KeyLeases(records as IdempotencyRepository, unwritten, new Settings(), eventLog),
  {} as CreditsRepository,
  eventLog,
);

const UPDATED: OutcomeDto = {
  outcome: 'updated',
  identifiers: [],
  warnings: [],
  children: [],
  attempts: 1,
};

/** Works on three items, which are updated. */
async function run(): Promise<void> {
  const request = {
    method: 'POST',
    routeOptions: { url: '/v1/customers/batch' },
    query: {},
    principal: { kind: 'api-key', name: 'app' },
  } as unknown as FastifyRequest;
  const items = ['a', 'b', 'c'].map((idempotencyKey) => ({ idempotencyKey }));
  const kind = { name: 'customers' } as UpdateKind;
  const held = await keys.reserve(
    request,
    { kind, items, isBatch: true },
    { known: new Map(), guards: new Map() },
  );
  await keys.keep(held, [UPDATED, UPDATED, UPDATED]);
}

describe(ItemKeys.name, () => {
  beforeEach(() => vi.resetAllMocks());

  it('logs how many leases another process took over', async () => {
    finishMany.mockResolvedValue(new Set(['lease of a']));
    await run();
    expect(log.write.mock.calls).toEqual([['warn', 'idempotency.lease-lost', { itemCount: 2, status: 200 }]]);
  });

  it('logs nothing where all of its leases were held', async () => {
    finishMany.mockResolvedValue(new Set(['lease of a', 'lease of b', 'lease of c']));
    await run();
    expect(finishMany.mock.calls[0]?.[0].map(({ leaseToken }) => leaseToken)).toEqual([
      'lease of a',
      'lease of b',
      'lease of c',
    ]);
    expect(log.write).not.toHaveBeenCalled();
  });
});
