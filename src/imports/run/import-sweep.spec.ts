import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Settings } from '../../config/settings.js';
import type { EventLog } from '../../observability/event-log.js';
import type { ImportRetentionRepository } from '../../records/import-retention.repository.js';
import type { ImportsRepository } from '../../records/imports.repository.js';
import { ImportSweep } from './import-sweep.js';

/** Longer than the longest pause between two rounds. */
const A_ROUND_MS = 18_001;
const IMPORT_RETENTION_MS = 77_000;

const log = { write: vi.fn<EventLog['write']>(), fault: vi.fn<EventLog['fault']>() };
const imports = { enqueueAgain: vi.fn<ImportsRepository['enqueueAgain']>() };
const retention = {
  abandoned: vi.fn<ImportRetentionRepository['abandoned']>(),
  discard: vi.fn<ImportRetentionRepository['discard']>(),
  stuck: vi.fn<ImportRetentionRepository['stuck']>(),
  cancelExpired: vi.fn<ImportRetentionRepository['cancelExpired']>(),
  expired: vi.fn<ImportRetentionRepository['expired']>(),
  empty: vi.fn<ImportRetentionRepository['empty']>(),
};

function create(): ImportSweep {
  return new ImportSweep(
    imports as Partial<ImportsRepository> as ImportsRepository,
    retention as Partial<ImportRetentionRepository> as ImportRetentionRepository,
    { ...new Settings(), IMPORT_RETENTION_MS },
    log as Partial<EventLog> as EventLog,
  );
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetAllMocks();
  for (const find of [retention.abandoned, retention.stuck, retention.cancelExpired, retention.expired])
    find.mockResolvedValue([]);
});
afterEach(() => vi.useRealTimers());

describe(ImportSweep.name, () => {
  it('discards abandoned uploads, enqueues stuck imports, cancels those paused too long, and empties expired ones', async () => {
    retention.abandoned.mockResolvedValueOnce(['left']);
    retention.stuck.mockResolvedValueOnce(['still']);
    retention.cancelExpired.mockResolvedValueOnce(['forgotten']);
    retention.expired.mockResolvedValueOnce(['old', 'older']);
    const sweep = create();
    sweep.onApplicationBootstrap();
    await vi.advanceTimersByTimeAsync(0);
    expect(retention.discard.mock.calls).toEqual([['left']]);
    expect(imports.enqueueAgain.mock.calls).toEqual([['still']]);
    expect(retention.empty.mock.calls).toEqual([['old'], ['older']]);
    expect(retention.cancelExpired.mock.calls).toEqual([[IMPORT_RETENTION_MS]]);
    expect(retention.expired.mock.calls).toEqual([[IMPORT_RETENTION_MS]]);
    expect(log.write.mock.calls.map(([, event]) => event)).toEqual([
      'import.discarded',
      'import.cancelled',
      'import.emptied',
      'import.emptied',
    ]);
    sweep.beforeApplicationShutdown();
  });

  it('repeats it until the shutdown, also after a failure', async () => {
    retention.abandoned.mockRejectedValueOnce(new Error('lost'));
    const sweep = create();
    sweep.onApplicationBootstrap();
    await vi.advanceTimersByTimeAsync(0);
    expect(log.fault.mock.calls).toEqual([['imports.not-swept', expect.any(Error)]]);
    await vi.advanceTimersByTimeAsync(A_ROUND_MS);
    expect(retention.expired).toHaveBeenCalledTimes(1);
    sweep.beforeApplicationShutdown();
    await vi.advanceTimersByTimeAsync(10 * A_ROUND_MS);
    expect(retention.expired).toHaveBeenCalledTimes(1);
  });
});
