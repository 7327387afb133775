import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Sweeper } from './sweeper.js';

const PAUSE_MS = 1000;
/** Longer than the longest pause. */
const A_ROUND_MS = 1201;

const sweep = vi.fn<() => Promise<void>>();
const onFault = vi.fn<(error: unknown) => void>();

class ASweeper extends Sweeper {
  constructor() {
    super(PAUSE_MS, onFault);
  }

  protected sweep(): Promise<void> {
    return sweep();
  }
}

async function start(): Promise<ASweeper> {
  const sweeper = new ASweeper();
  sweeper.onApplicationBootstrap();
  await vi.advanceTimersByTimeAsync(0);
  return sweeper;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetAllMocks();
  sweep.mockResolvedValue();
});
afterEach(() => vi.useRealTimers());

describe(Sweeper.name, () => {
  it('sweeps at start and after each pause, until the shutdown', async () => {
    const sweeper = await start();
    expect(sweep).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(A_ROUND_MS);
    expect(sweep).toHaveBeenCalledTimes(2);
    sweeper.beforeApplicationShutdown();
    await vi.advanceTimersByTimeAsync(10 * A_ROUND_MS);
    expect(sweep).toHaveBeenCalledTimes(2);
  });

  it('reports a fault, and sweeps again', async () => {
    sweep.mockRejectedValueOnce(new Error('lost'));
    const sweeper = await start();
    expect(onFault.mock.calls).toEqual([[new Error('lost')]]);
    await vi.advanceTimersByTimeAsync(A_ROUND_MS);
    expect(sweep).toHaveBeenCalledTimes(2);
    sweeper.beforeApplicationShutdown();
  });

  it('starts no sweep while another one runs, and none after a shutdown during a sweep', async () => {
    const { promise, resolve: end } = Promise.withResolvers<void>();
    sweep.mockReturnValue(promise);
    const sweeper = await start();
    await vi.advanceTimersByTimeAsync(10 * A_ROUND_MS);
    expect(sweep).toHaveBeenCalledTimes(1);
    sweeper.beforeApplicationShutdown();
    end();
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not keep the process alive', async () => {
    const set = vi.spyOn(globalThis, 'setTimeout');
    const sweeper = await start();
    expect(set.mock.results[0]?.value.hasRef()).toBe(false);
    sweeper.beforeApplicationShutdown();
  });
});
