import { StatementFailed } from './database-errors.js';

interface Pending<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

export interface BatcherOptions<Item, Result> {
  /** Processes a batch, and returns the results in the order of the items. */
  readonly loadMany: (items: readonly Item[]) => Promise<readonly Result[]>;
  /** Whether an item may join those already in a batch; by default every item may. */
  readonly fits?: (item: Item, batch: readonly Item[]) => boolean;
  readonly maxBatchSize: number;
  /** How many calls of `loadMany` may run at the same time. */
  readonly concurrency: number;
}

/**
 * Batches concurrent calls into one statement: a statement for many items costs little more than a statement for one.
 *
 * An item is processed at once while a call of `loadMany` is free, and joins the next batch otherwise. When the database
 * refuses the statement of a batch, each item is processed alone, so that no caller fails because of another.
 */
export class Batcher<Item, Result> {
  private pending: Pending<Item, Result>[] = [];
  private runningCount = 0;

  constructor(private readonly options: BatcherOptions<Item, Result>) {}

  load(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.pending.push({ item, resolve, reject });
      this.runBatches();
    });
  }

  private runBatches(): void {
    while (this.pending.length > 0 && this.runningCount < this.options.concurrency) {
      this.runningCount += 1;
      void this.run(this.takeBatch()).finally(() => {
        this.runningCount -= 1;
        this.runBatches();
      });
    }
  }

  private takeBatch(): Pending<Item, Result>[] {
    const { maxBatchSize, fits = () => true } = this.options;
    const batch: Pending<Item, Result>[] = [];
    const items: Item[] = [];
    const remaining: Pending<Item, Result>[] = [];
    for (const one of this.pending) {
      const isTaken = batch.length === 0 || (batch.length < maxBatchSize && fits(one.item, items));
      (isTaken ? batch : remaining).push(one);
      if (isTaken) items.push(one.item);
    }
    this.pending = remaining;
    return batch;
  }

  private async run(batch: readonly Pending<Item, Result>[]): Promise<void> {
    try {
      const results = await this.options.loadMany(batch.map(({ item }) => item));
      for (const [index, { resolve }] of batch.entries()) resolve(results[index] as Result);
    } catch (error) {
      if (error instanceof StatementFailed && batch.length > 1) {
        await Promise.all(batch.map((one) => this.run([one])));
      } else for (const { reject } of batch) reject(error);
    }
  }
}
