import { describe, expect, it, vi } from 'vitest';
import { aLosableDatabase } from '../../test/builders/a-losable-database.js';
import { Settings } from '../config/settings.js';
import { DatabaseUnavailable } from '../database/database-errors.js';
import type { EventLog } from '../observability/event-log.js';
import type { CreditsRepository } from '../records/credits.repository.js';
import { type DueRecord, UnwrittenRecords } from '../records/unwritten-records.js';
import type { CreditJournal } from './call/credit-journal.service.js';
import type { DeliveryService } from './delivery.service.js';
import { UnknownCreditsService } from './unknown-credits.service.js';

const settings = new Settings();
const log = { write: vi.fn<EventLog['write']>(), fault: vi.fn<EventLog['fault']>() } as unknown as EventLog;

const UNWRITABLE: DueRecord = {
  subjects: ['c'],
  bytes: 1,
  facts: [],
  write: async () => Promise.reject(new DatabaseUnavailable('it is lost')),
  onRefused: () => undefined,
};

function create() {
  const losable = aLosableDatabase();
  const unwritten = new UnwrittenRecords(losable.database, settings, log);
  const takeForUnknown = vi.fn<CreditsRepository['takeForUnknown']>(async () => 0);
  const service = new UnknownCreditsService(
    { takeForUnknown } as unknown as CreditsRepository,
    {} as DeliveryService,
    { sentIds: ['in-flight'] } as Partial<CreditJournal> as CreditJournal,
    unwritten,
    settings,
    log,
  );
  return { losable, unwritten, service, takeForUnknown };
}

/** Sweeps once. */
async function sweep(service: UnknownCreditsService): Promise<void> {
  await service.onApplicationBootstrap();
  service.beforeApplicationShutdown();
}

describe(UnknownCreditsService.name, () => {
  it('marks no credit as unknown that this process is sending', async () => {
    const { service, takeForUnknown } = create();
    await sweep(service);
    expect(takeForUnknown.mock.calls).toEqual([[expect.any(Number), ['in-flight']]]);
  });

  it('marks none right after the database came back', async () => {
    const { service, takeForUnknown, losable } = create();
    losable.lose();
    losable.recover();
    await sweep(service);
    expect(takeForUnknown).not.toHaveBeenCalled();
  });

  it('resolves no credit of which more is known than is stored', async () => {
    const { service, unwritten, losable } = create();
    losable.lose();
    await unwritten.write(UNWRITABLE);
    const options = { deadlineAt: 1, signal: new AbortController().signal };
    await expect(service.resolve('c', 'not-applied', 'missing', options)).rejects.toThrow(
      DatabaseUnavailable,
    );
  });
});
