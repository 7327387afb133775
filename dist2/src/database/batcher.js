import { StatementFailed } from './database-errors.js';
/**
 * Batches concurrent calls into one statement: a statement for many items costs little more than a statement for one.
 *
 * An item is processed at once while a call of `loadMany` is free, and joins the next batch otherwise. When the database
 * refuses the statement of a batch, each item is processed alone, so that no caller fails because of another.
 */
export class Batcher {
    options;
    pending = [];
    runningCount = 0;
    constructor(options) {
        this.options = options;
    }
    load(item) {
        return new Promise((resolve, reject) => {
            this.pending.push({ item, resolve, reject });
            this.runBatches();
        });
    }
    runBatches() {
        while (this.pending.length > 0 && this.runningCount < this.options.concurrency) {
            this.runningCount += 1;
            void this.run(this.takeBatch()).finally(() => {
                this.runningCount -= 1;
                this.runBatches();
            });
        }
    }
    takeBatch() {
        const { maxBatchSize, fits = () => true } = this.options;
        const batch = [];
        const items = [];
        const remaining = [];
        for (const one of this.pending) {
            const isTaken = batch.length === 0 || (batch.length < maxBatchSize && fits(one.item, items));
            (isTaken ? batch : remaining).push(one);
            if (isTaken)
                items.push(one.item);
        }
        this.pending = remaining;
        return batch;
    }
    async run(batch) {
        try {
            const results = await this.options.loadMany(batch.map(({ item }) => item));
            for (const [index, { resolve }] of batch.entries())
                resolve(results[index]);
        }
        catch (error) {
            if (error instanceof StatementFailed && batch.length > 1) {
                await Promise.all(batch.map((one) => this.run([one])));
            }
            else
                for (const { reject } of batch)
                    reject(error);
        }
    }
}
//# sourceMappingURL=batcher.js.map