import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Settings } from '../../config/settings.js';
import type { EventLog } from '../../observability/event-log.js';
import type { ImportsRepository } from '../../records/imports.repository.js';
import { ImportSweep } from './remove-expired-imports.js';

/** Longer than the longest wait. */
const A_ROUND_MS = 18_001;
const IMPORT_RETENTION_MS = 77_000;

const log = { write: vi.fn<EventLog['write']>(), fault: vi.fn<EventLog['fault']>() };
const imports = {
  abandoned: vi.fn<ImportsRepository['abandoned']>(),
  discard: vi.fn<ImportsRepository['discard']>(),
  stuck: vi.fn<ImportsRepository['stuck']>(),
  askAgain: vi.fn<ImportsRepository['enqueueAgain']>(),
  cancelForgotten: vi.fn<ImportsRepository['cancelExpired']>(),
  outlived: vi.fn<ImportsRepository['expired']>(),
  empty: vi.fn<ImportsRepository['empty']>(),
};

function create(): ImportSweep {
  return new ImportSweep(
    imports as Partial<ImportsRepository> as ImportsRepository,
    { ...new Settings(), IMPORT_RETENTION_MS },
    log as Partial<EventLog> as EventLog,
  );
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetAllMocks();
  for (const find of [imports.abandoned, imports.stuck, imports.cancelForgotten, imports.outlived])
    find.mockResolvedValue([]);
});
afterEach(() => vi.useRealTimers());

describe(ImportSweep.name, () => {
  it('discards, asks for work, cancels what lay paused, and empties what was kept for as long as the settings say', async () => {
    imports.abandoned.mockResolvedValueOnce(['left']);
    imports.stuck.mockResolvedValueOnce(['still']);
    imports.cancelForgotten.mockResolvedValueOnce(['forgotten']);
    imports.outlived.mockResolvedValueOnce(['old', 'older']);
    const sweep = create();
    sweep.onApplicationBootstrap();
    await vi.advanceTimersByTimeAsync(0);
    expect(imports.discard.mock.calls).toEqual([['left']]);
    expect(imports.askAgain.mock.calls).toEqual([['still']]);
    expect(imports.empty.mock.calls).toEqual([['old'], ['older']]);
    expect(imports.cancelForgotten.mock.calls).toEqual([[IMPORT_RETENTION_MS]]);
    expect(imports.outlived.mock.calls).toEqual([[IMPORT_RETENTION_MS]]);
    expect(log.write.mock.calls.map(([, event]) => event)).toEqual([
      'import.discarded',
      'import.cancelled',
      'import.emptied',
      'import.emptied',
    ]);
    sweep.beforeApplicationShutdown();
  });

  it('does so again and again, after a failure too, until the shutdown', async () => {
    imports.abandoned.mockRejectedValueOnce(new Error('lost'));
    const sweep = create();
    sweep.onApplicationBootstrap();
    await vi.advanceTimersByTimeAsync(0);
    expect(log.fault.mock.calls).toEqual([['imports.not-swept', expect.any(Error)]]);
    await vi.advanceTimersByTimeAsync(A_ROUND_MS);
    expect(imports.outlived).toHaveBeenCalledTimes(1);
    sweep.beforeApplicationShutdown();
    await vi.advanceTimersByTimeAsync(10 * A_ROUND_MS);
    expect(imports.outlived).toHaveBeenCalledTimes(1);
  });
});
