import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { ChunkDelivery, keysOf, } from './deliver-chunk.js';
import { notSent } from '../results/line-result.js';
/** How many chunks of one import a process delivers at once: enough to fill its calls, and few enough to leave room for others. */
const MAX_CONCURRENT_CHUNKS = 8;
/** How many chunks are read and claimed with one statement each. */
const CHUNKS_PER_CLAIM = 4;
/** After this time the import returns to the end of the queue, so that a short one need not wait for a long one. */
const TURN_MS = 30_000;
/** How often the leases of chunks are renewed, long before they expire. The same statement reads whether the import is cancelled. */
const RENEW_EVERY_MS = 1000;
/** How long to wait for a chunk that another process holds. */
const BUSY_MS = 250;
/** One turn of an import in this process. It delivers chunks in the order of lines until none is left, or it must stop. */
export class ImportRun {
    dependencies;
    taken;
    stop;
    cancel = new AbortController();
    /** Deliveries by the numbers of their chunks. */
    inDelivery = new Map();
    chunks;
    backingOffCount = 0;
    failure;
    constructor(dependencies, taken, 
    /** Aborted when this process must stop. */
    stop) {
        this.dependencies = dependencies;
        this.taken = taken;
        this.stop = stop;
        const signal = AbortSignal.any([stop, this.cancel.signal]);
        this.chunks = new ChunkDelivery(dependencies, taken, signal, (isBackingOff) => {
            this.backingOffCount += isBackingOff ? 1 : -1;
        });
    }
    /** @throws the error of storing results, after all deliveries have ended */
    async run() {
        if (this.taken.isRefused)
            return this.failRemainingLines(notSent('invalid-lines'));
        const renewing = setInterval(() => void this.renewLeases(), RENEW_EVERY_MS);
        try {
            await this.submitInOrder();
        }
        finally {
            await Promise.all(this.inDelivery.values());
            clearInterval(renewing);
        }
        if (this.failure)
            throw this.failure.error;
        const { state } = await this.dependencies.work.next(this.taken.id, 0);
        if (state === 'cancelling')
            await this.failRemainingLines(notSent('cancelled'));
    }
    async submitInOrder() {
        const endsAt = performance.now() + TURN_MS;
        while (!this.stop.aborted && !this.failure && performance.now() < endsAt) {
            if (this.backingOffCount > 0 || this.inDelivery.size >= MAX_CONCURRENT_CHUNKS) {
                // Later lines must not overtake lines that wait for a retry.
                // oxlint-disable-next-line no-await-in-loop -- until a delivery has ended
                await Promise.race(this.inDelivery.values());
                continue;
            }
            const room = MAX_CONCURRENT_CHUNKS - this.inDelivery.size;
            // oxlint-disable-next-line no-await-in-loop -- in the order of lines
            const { state, chunks, isLeft } = await this.dependencies.work.next(this.taken.id, Math.min(room, CHUNKS_PER_CLAIM));
            if (state !== 'running' || !isLeft)
                return;
            // oxlint-disable-next-line no-await-in-loop -- in the order of lines
            if (!(await this.begin(chunks)))
                await this.waitForChunk();
        }
    }
    /** @returns false if a process, possibly this one, has the first chunk or is updating a customer of it */
    async begin(chunks) {
        // The lease expired while this process was suspended. A second claim would also permit the points that still wait here under the first one.
        const inDelivery = chunks.findIndex(({ number }) => this.inDelivery.has(number));
        const free = inDelivery === -1 ? chunks : chunks.slice(0, inDelivery);
        if (free.length === 0)
            return false;
        const translated = [];
        for (const chunk of free) {
            translated.push(this.chunks.translate(chunk));
            // oxlint-disable-next-line no-await-in-loop -- callers who wait come first
            await yieldToOthers();
        }
        const claims = await this.dependencies.work.claim(this.taken, translated.map((one) => ({ number: one.number, revision: one.revision, keys: keysOf(one) })));
        const claimed = translated.filter((_one, index) => claims[index] === 'claimed');
        // Only after the claims, as the previous holders may have continued until then.
        for (const prepared of await this.chunks.prepare(claimed)) {
            this.deliver(prepared);
            // oxlint-disable-next-line no-await-in-loop -- callers who wait come first
            await yieldToOthers();
        }
        return claims[0] !== 'awaits-others';
    }
    deliver(prepared) {
        const delivered = this.chunks
            .deliver(prepared)
            .catch((error) => {
            this.failure ??= { error };
        })
            .finally(() => this.inDelivery.delete(prepared.number));
        this.inDelivery.set(prepared.number, delivered);
    }
    /** Waits until another process may have released a chunk, or a delivery of this one has ended. */
    async waitForChunk() {
        const pause = this.dependencies.wait(BUSY_MS, this.stop).catch(() => undefined); // aborted: the loop ends
        await Promise.race([...this.inDelivery.values(), pause]);
    }
    /** Renews the leases of the chunks, and withdraws their waiting updates if the import is cancelled. */
    async renewLeases() {
        try {
            const state = await this.dependencies.work.keep(this.taken);
            if (state === 'cancelling')
                this.cancel.abort();
        }
        catch {
            // The delivery of a chunk gets the same error, and throws it.
        }
    }
    async failRemainingLines(results) {
        let isLeft = true;
        while (isLeft && !this.stop.aborted) {
            // oxlint-disable-next-line no-await-in-loop -- in small steps, as others use the database
            isLeft = await this.dependencies.work.failRemainingLines(this.taken.id, results);
        }
    }
}
//# sourceMappingURL=import-run.js.map