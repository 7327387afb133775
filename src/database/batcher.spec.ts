import { describe, expect, it } from 'vitest';
import { DatabaseUnavailable, StatementFailed } from './database-errors.js';
import { Batcher } from './batcher.js';

const refused = new StatementFailed({ code: '22021', message: '' });

/** Creates a batcher that doubles numbers; each batch waits until `finishAll` is called. */
function setUp(
  fail: (items: readonly number[]) => Error | undefined = () => undefined,
  fits?: (item: number, batch: readonly number[]) => boolean,
) {
  const batches: number[][] = [];
  const finishers: (() => void)[] = [];
  const batcher = new Batcher<number, number>({
    loadMany: async (items) => {
      batches.push([...items]);
      await new Promise<void>((resolve) => finishers.push(resolve));
      const error = fail(items);
      if (error) throw error;
      return items.map((item) => item * 2);
    },
    maxBatchSize: 3,
    concurrency: 1,
    ...(fits && { fits }),
  });
  const finishAll = async (): Promise<void> => {
    for (let finish = finishers.shift(); finish; finish = finishers.shift()) {
      finish();
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { batcher, batches, finishAll };
}

describe(Batcher.name, () => {
  it('processes the first item at once, and batches later ones in order and within the maximum', async () => {
    const { batcher, batches, finishAll } = setUp();
    const results = Promise.all([1, 2, 3, 4, 5].map((item) => batcher.load(item)));
    expect(batches).toEqual([[1]]);
    await finishAll();
    expect(await results).toEqual([2, 4, 6, 8, 10]);
    expect(batches).toEqual([[1], [2, 3, 4], [5]]);
  });

  it('leaves an item that does not fit for the next batch', async () => {
    const { batcher, batches, finishAll } = setUp(undefined, (item, batch) => !batch.includes(item));
    const results = Promise.all([1, 2, 2, 3].map((item) => batcher.load(item)));
    await finishAll();
    expect(await results).toEqual([2, 4, 4, 6]);
    expect(batches).toEqual([[1], [2, 3], [2]]);
  });

  it('processes each item alone when the database refuses the batch', async () => {
    const { batcher, batches, finishAll } = setUp((items) => (items.includes(3) ? refused : undefined));
    const results = Promise.allSettled([1, 2, 3].map((item) => batcher.load(item)));
    await finishAll();
    await finishAll();
    expect(await results).toEqual([
      { status: 'fulfilled', value: 2 },
      { status: 'fulfilled', value: 4 },
      { status: 'rejected', reason: refused },
    ]);
    expect(batches).toEqual([[1], [2, 3], [2], [3]]);
  });

  it('does not repeat a batch that may have been processed', async () => {
    const lost = new DatabaseUnavailable('lost');
    const { batcher, batches, finishAll } = setUp((items) => (items.length > 1 ? lost : undefined));
    const results = Promise.allSettled([1, 2, 3].map((item) => batcher.load(item)));
    await finishAll();
    expect((await results).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(batches).toEqual([[1], [2, 3]]);
  });
});
