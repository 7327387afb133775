import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SessionQueue } from './session-queue.js';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe(SessionQueue.name, () => {
  it('gives turns in the order of requests, one at a time', async () => {
    const queue = new SessionQueue();
    const order: string[] = [];
    const work = async (name: string): Promise<void> => {
      const release = await queue.take(1000);
      order.push(`${name} begins`);
      await Promise.resolve();
      order.push(`${name} ends`);
      release?.();
    };
    await Promise.all([work('a'), work('b'), work('c')]);
    expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('skips a caller that has waited too long, and gives the turn to the next one', async () => {
    const queue = new SessionQueue();
    const release = await queue.take(1000);
    const impatient = queue.take(100);
    const patient = queue.take(1000);
    await vi.advanceTimersByTimeAsync(100);
    expect(await impatient).toBeUndefined();

    release?.();
    expect(await patient).toBeTypeOf('function');
  });

  it('gives a turn at once when no caller waits', async () => {
    const queue = new SessionQueue();
    (await queue.take(0))?.();
    expect(await queue.take(0)).toBeTypeOf('function');
  });
});
