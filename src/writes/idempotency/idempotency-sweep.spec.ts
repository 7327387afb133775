import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EventLog } from '../../observability/event-log.js';
import type { IdempotencyRepository } from '../../records/idempotency.repository.js';
import { IdempotencySweep } from './idempotency-sweep.js';

/** Longer than the longest wait. */
const A_ROUND_MS = 72_001;

const log = { write: vi.fn<EventLog['write']>(), fault: vi.fn<EventLog['fault']>() };
const removeExpired = vi.fn<IdempotencyRepository['removeExpired']>();

function create(): IdempotencySweep {
  return new IdempotencySweep(
    { removeExpired } as Partial<IdempotencyRepository> as IdempotencyRepository,
    log as Partial<EventLog> as EventLog,
  );
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetAllMocks();
});
afterEach(() => vi.useRealTimers());

describe(IdempotencySweep.name, () => {
  it('removes a little at a time until nothing is left, and says how much', async () => {
    removeExpired.mockResolvedValueOnce(1000).mockResolvedValueOnce(1000).mockResolvedValueOnce(7);
    const service = create();
    service.onApplicationBootstrap();
    await vi.advanceTimersByTimeAsync(0);
    expect(removeExpired.mock.calls).toEqual([[1000], [1000], [1000]]);
    expect(log.write.mock.calls).toEqual([['info', 'idempotency.expired', { itemCount: 2007 }]]);
    service.beforeApplicationShutdown();
  });

  it('leaves the remaining records of a flood to the next run', async () => {
    removeExpired.mockResolvedValue(1000);
    const service = create();
    service.onApplicationBootstrap();
    await vi.advanceTimersByTimeAsync(0);
    expect(log.write.mock.calls).toEqual([['info', 'idempotency.expired', { itemCount: 20_000 }]]);
    await vi.advanceTimersByTimeAsync(A_ROUND_MS);
    expect(removeExpired).toHaveBeenCalledTimes(40);
    service.beforeApplicationShutdown();
  });

  it('goes on after a failure, and stops in the middle at the shutdown', async () => {
    removeExpired.mockRejectedValueOnce(new Error('lost'));
    const service = create();
    removeExpired.mockImplementation(async () => {
      service.beforeApplicationShutdown();
      return 1000;
    });
    service.onApplicationBootstrap();
    await vi.advanceTimersByTimeAsync(0);
    expect(log.fault.mock.calls).toEqual([['idempotency.not-swept', expect.any(Error)]]);
    await vi.advanceTimersByTimeAsync(10 * A_ROUND_MS);
    expect(removeExpired).toHaveBeenCalledTimes(2);
  });
});
