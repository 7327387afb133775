import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { LoopTurns } from './loop-turns.service.js';

/** Takes longer than a slice with every step. */
function* longWork(steps: number, onStep: () => void): Generator<void, number> {
  for (let step = 0; step < steps; step += 1) {
    const until = performance.now() + 10;
    while (performance.now() < until);
    onStep();
    yield;
  }
  return steps;
}

describe(LoopTurns.name, () => {
  it('gives each turn of the event loop to one request, in the order of arrival', async () => {
    const turns = new LoopTurns();
    const taken: number[] = [];
    const take = (arrivedAt: number) => turns.next(arrivedAt).then(() => taken.push(arrivedAt));
    const all = Promise.all([3, 1, 2].map(take));
    const seen: number[] = [];
    while (seen.at(-1) !== 3) {
      await nextTurn();
      seen.push(taken.length);
    }
    await all;
    expect(taken).toEqual([1, 2, 3]);
    expect(seen.filter((count, index) => count > (seen[index - 1] ?? 0) + 1)).toEqual([]);
  });

  it('lets a later request with an earlier arrival go before those that wait', async () => {
    const turns = new LoopTurns();
    const taken: string[] = [];
    const takeTwo = async (): Promise<void> => {
      await turns.next(1);
      taken.push('first');
      await turns.next(1);
      taken.push('first again');
    };
    await Promise.all([takeTwo(), turns.next(2).then(() => taken.push('second'))]);
    expect(taken).toEqual(['first', 'first again', 'second']);
  });

  it('interrupts long work, so that other work of the event loop can go', async () => {
    const turns = new LoopTurns();
    const order: string[] = [];
    const work = turns.run(
      longWork(3, () => order.push('step')),
      1,
    );
    setImmediate(() => order.push('other'));
    expect(await work).toBe(3);
    expect(order.filter((one) => one === 'step')).toHaveLength(3);
    expect(order.indexOf('other')).toBeLessThan(order.lastIndexOf('step'));
  });

  it('runs short work at once', async () => {
    const turns = new LoopTurns();
    let isDone = false;
    const work = turns.run(
      (function* () {
        yield;
        isDone = true;
      })(),
      1,
    );
    expect(isDone).toBe(true);
    await work;
  });

  it('throws what the work throws', async () => {
    const work = new LoopTurns().run(
      (function* (): Generator<void, never> {
        yield;
        throw new Error('a mistake');
      })(),
      1,
    );
    await expect(work).rejects.toThrow('a mistake');
  });
});
