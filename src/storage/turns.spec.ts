import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Turns } from './turns.js';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe(Turns.name, () => {
  it('come in the order in which they were asked for, one at a time', async () => {
    const turns = new Turns();
    const order: string[] = [];
    const work = async (name: string): Promise<void> => {
      const release = await turns.take(1000);
      order.push(`${name} begins`);
      await Promise.resolve();
      order.push(`${name} ends`);
      release?.();
    };
    await Promise.all([work('a'), work('b'), work('c')]);
    expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('are given up by whoever has waited too long, and go to the next', async () => {
    const turns = new Turns();
    const release = await turns.take(1000);
    const impatient = turns.take(100);
    const patient = turns.take(1000);
    await vi.advanceTimersByTimeAsync(100);
    expect(await impatient).toBeUndefined();

    release?.();
    expect(await patient).toBeTypeOf('function');
  });

  it('are there at once again when nobody waits', async () => {
    const turns = new Turns();
    (await turns.take(0))?.();
    expect(await turns.take(0)).toBeTypeOf('function');
  });
});
