import { describe, expect, it } from 'vitest';
import { DatabaseUnavailable, StatementFailed } from './database-errors.js';
import { Gathering } from './batcher.js';

const refused = new StatementFailed({ code: '22021', message: '' });

/** Doubles numbers; each time it is under way until `pass` is called. */
function setUp(
  fail: (asked: readonly number[]) => Error | undefined = () => undefined,
  fits?: (one: number, others: readonly number[]) => boolean,
) {
  const done: number[][] = [];
  const ends: (() => void)[] = [];
  const gathering = new Gathering<number, number>({
    many: async (asked) => {
      done.push([...asked]);
      await new Promise<void>((resolve) => ends.push(resolve));
      const error = fail(asked);
      if (error) throw error;
      return asked.map((one) => one * 2);
    },
    atOnce: 3,
    concurrency: 1,
    ...(fits && { fits }),
  });
  const passAll = async (): Promise<void> => {
    for (let end = ends.shift(); end; end = ends.shift()) {
      end();
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { gathering, done, passAll };
}

describe(Gathering.name, () => {
  it('begins at once, and does together what came meanwhile, in its order and within bounds', async () => {
    const { gathering, done, passAll } = setUp();
    const answers = Promise.all([1, 2, 3, 4, 5].map((one) => gathering.ask(one)));
    expect(done).toEqual([[1]]);
    await passAll();
    expect(await answers).toEqual([2, 4, 6, 8, 10]);
    expect(done).toEqual([[1], [2, 3, 4], [5]]);
  });

  it('leaves for the next time what does not fit', async () => {
    const { gathering, done, passAll } = setUp(undefined, (one, others) => !others.includes(one));
    const answers = Promise.all([1, 2, 2, 3].map((one) => gathering.ask(one)));
    await passAll();
    expect(await answers).toEqual([2, 4, 4, 6]);
    expect(done).toEqual([[1], [2, 3], [2]]);
  });

  it('does each alone where the database refuses them together', async () => {
    const { gathering, done, passAll } = setUp((asked) => (asked.includes(3) ? refused : undefined));
    const answers = Promise.allSettled([1, 2, 3].map((one) => gathering.ask(one)));
    await passAll();
    await passAll();
    expect(await answers).toEqual([
      { status: 'fulfilled', value: 2 },
      { status: 'fulfilled', value: 4 },
      { status: 'rejected', reason: refused },
    ]);
    expect(done).toEqual([[1], [2, 3], [2], [3]]);
  });

  it('does nothing again where nobody knows whether it was done', async () => {
    const lost = new DatabaseUnavailable('lost');
    const { gathering, done, passAll } = setUp((asked) => (asked.length > 1 ? lost : undefined));
    const answers = Promise.allSettled([1, 2, 3].map((one) => gathering.ask(one)));
    await passAll();
    expect((await answers).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(done).toEqual([[1], [2, 3]]);
  });
});
