import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Sweeper } from './sweeper.js';

const PAUSE_MS = 1000;
/** Longer than the longest pause. */
const A_ROUND_MS = 1201;

const sweep = vi.fn<() => Promise<void>>();
const onFault = vi.fn<(error: unknown) => void>();

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetAllMocks();
  sweep.mockResolvedValue();
});
afterEach(() => vi.useRealTimers());

describe(Sweeper.name, () => {
  it('sweeps at once and after each pause, until it is stopped', async () => {
    const sweeper = new Sweeper(PAUSE_MS, sweep, onFault);
    await sweeper.start();
    expect(sweep).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(A_ROUND_MS);
    expect(sweep).toHaveBeenCalledTimes(2);
    sweeper.stop();
    await vi.advanceTimersByTimeAsync(10 * A_ROUND_MS);
    expect(sweep).toHaveBeenCalledTimes(2);
  });

  it('tells of a fault, and goes on', async () => {
    sweep.mockRejectedValueOnce(new Error('lost'));
    const sweeper = new Sweeper(PAUSE_MS, sweep, onFault);
    await sweeper.start();
    expect(onFault.mock.calls).toEqual([[new Error('lost')]]);
    await vi.advanceTimersByTimeAsync(A_ROUND_MS);
    expect(sweep).toHaveBeenCalledTimes(2);
    sweeper.stop();
  });

  it('begins no other sweep while one lasts, and none after one in which it was stopped', async () => {
    const { promise, resolve: end } = Promise.withResolvers<void>();
    sweep.mockReturnValue(promise);
    const sweeper = new Sweeper(PAUSE_MS, sweep, onFault);
    const first = sweeper.start();
    await vi.advanceTimersByTimeAsync(10 * A_ROUND_MS);
    expect(sweep).toHaveBeenCalledTimes(1);
    sweeper.stop();
    end();
    await first;
    expect(sweeper.isStopped).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not keep the process alive', async () => {
    const set = vi.spyOn(globalThis, 'setTimeout');
    const sweeper = new Sweeper(PAUSE_MS, sweep, onFault);
    await sweeper.start();
    expect(set.mock.results[0]?.value.hasRef()).toBe(false);
    sweeper.stop();
  });
});
