import { hash } from 'node:crypto';
import { guardCredit, ownedKeys } from '../../delivery/update.js';
import { DatabaseUnavailable } from '../../database/database-errors.js';
import { lineCreditId } from '../../records/import-rows.repository.js';
import { UPDATE_KINDS } from '../import-kinds.js';
import { outcomeResult, resultOfCredit } from '../results/line-result.js';
/**
 * How often a failed line is submitted again. Three loops of retries are inside one another, each for failures that the
 * inner one cannot outlast:
 *
 * 1. `delivery` repeats a call within seconds after the vendor did not process it, with backoff, a retry budget and a
 *    circuit breaker. It then reports the update as `failed`.
 * 2. `ChunkDelivery` submits failed lines again within minutes, while this process holds their chunk. An import has no
 *    caller who could retry, and a vendor's outage or a full queue ends sooner or later.
 * 3. The job queue (`retryLimit` in `import.worker.ts`) starts the import again, in any process, after a kill, a lost
 *    database or a missing key of DATA_KEYS. Lines that have a result are not sent again.
 */
const MAX_REPEATS = 5;
const FIRST_WAIT_MS = 1000;
const MAX_WAIT_MS = 60_000;
/** How long to wait before final results are stored again. They stay in memory while the database is unavailable. */
const STORE_AGAIN_MS = 1000;
/** More calls than can be in flight during the delivery of one chunk. */
const REMEMBERED_CALLS = 1000;
/** Delivers chunks of one import, and stores the results of their lines. */
export class ChunkDelivery {
    dependencies;
    taken;
    signal;
    onBackingOff;
    countedCallIds = new Set();
    constructor(dependencies, taken, 
    /** Aborted when no more may be sent. Calls in flight end, and the remaining lines stay without a result. */
    signal, 
    /** Called with true before failed lines wait for a retry, and with false after it. */
    onBackingOff) {
        this.dependencies = dependencies;
        this.taken = taken;
        this.signal = signal;
        this.onBackingOff = onBackingOff;
    }
    translate({ number, revision, items }) {
        const { kind, route, id, holder } = this.taken;
        const lease = { importId: id, number, holder };
        const lines = items.map(({ line, dto }) => {
            const update = UPDATE_KINDS[kind].translate(dto, route);
            return { line, update: guardCredit(update, { id: lineCreditId(id, line), lease }) };
        });
        return { number, revision, lines };
    }
    /** Finds the credits of these lines that an earlier process may have sent. They are not sent again. */
    async prepare(chunks) {
        const ids = chunks.flatMap(({ lines }) => lines.flatMap(({ update }) => update.credit?.id ?? []));
        const states = ids.length > 0 ? await this.statesOf(ids) : new Map();
        return chunks.map(({ number, lines }) => {
            const known = lines.flatMap(({ line, update: { credit } }) => (credit?.id !== undefined && resultOfCredit(line, credit.id, states.get(credit.id))) || []);
            const settled = new Set(known.map(({ line }) => line));
            return { number, known, lines: lines.filter(({ line }) => !settled.has(line)) };
        });
    }
    /**
     * Submits the lines synchronously, so that chunks are in delivery in the order of these calls. Failed lines are
     * submitted again up to MAX_REPEATS times; then `failed` is their result.
     */
    async deliver({ number, lines, known }) {
        let open = lines;
        let results = known;
        for (let repeats = 0;; repeats += 1) {
            // oxlint-disable-next-line no-await-in-loop -- each attempt follows from the one before
            const outcomes = await this.submit(open);
            const settled = open.flatMap((one, index) => {
                const outcome = outcomes[index];
                return outcome ? [{ one, outcome }] : [];
            });
            const isLast = repeats === MAX_REPEATS && !this.signal.aborted;
            const failed = settled.filter(({ outcome }) => outcome.outcome === 'failed');
            const final = isLast ? settled : settled.filter(({ outcome }) => outcome.outcome !== 'failed');
            results = [...results, ...final.map(({ one, outcome }) => outcomeResult(one.line, outcome))];
            const isDone = isLast || failed.length === 0;
            const chunk = isDone ? 'done' : this.signal.aborted ? 'released' : 'held';
            const calls = this.countCalls(outcomes);
            // oxlint-disable-next-line no-await-in-loop -- each attempt follows from the one before
            await this.storeResults({ number, results, chunk, calls });
            if (chunk !== 'held')
                return;
            open = failed.map(({ one }) => one);
            results = [];
            // oxlint-disable-next-line no-await-in-loop -- each attempt follows from the one before
            await this.waitForRetry(retryWaitMs(failed.map(({ outcome }) => outcome), repeats));
        }
    }
    /** Reads the states of credits. A credit that was sent becomes `unknown`, even if its answer still arrives. */
    async statesOf(ids) {
        const { credits } = this.dependencies;
        const states = await credits.statesOf(ids);
        return [...states.values()].includes('sent') ? credits.takeOver(ids) : states;
    }
    async submit(lines) {
        if (lines.length === 0)
            return [];
        const { signal } = this;
        const { principal } = this.taken;
        const updates = lines.map(({ update }) => update);
        return this.dependencies.delivery.submit(updates, {
            deadlineAt: Infinity,
            signal,
            principal,
            priority: 'background',
        });
    }
    async waitForRetry(ms) {
        this.onBackingOff(true);
        try {
            await this.dependencies.wait(ms, this.signal);
        }
        catch {
            // The signal is aborted: delivery rejects the lines at once, and they stay without a result.
        }
        finally {
            this.onBackingOff(false);
        }
    }
    /** Counts the calls of these outcomes. A call with lines of several chunks is counted once. */
    countCalls(outcomes) {
        const before = this.countedCallIds.size;
        for (const callId of outcomes.flatMap(({ callIds }) => callIds))
            this.countedCallIds.add(callId);
        const count = this.countedCallIds.size - before;
        for (const callId of this.countedCallIds) {
            if (this.countedCallIds.size <= REMEMBERED_CALLS)
                break;
            this.countedCallIds.delete(callId);
        }
        return count;
    }
    async storeResults(stored) {
        const { id, kind } = this.taken;
        const hasNews = stored.chunk !== 'held' || stored.results.length > 0 || stored.calls > 0;
        if (!hasNews)
            return;
        const canCredit = UPDATE_KINDS[kind].creditsPoints !== undefined;
        const credits = canCredit ? stored.results.map(({ line }) => lineCreditId(id, line)) : [];
        for (;;) {
            try {
                // oxlint-disable-next-line no-await-in-loop -- until they are stored
                return await this.dependencies.work.note(this.taken, { ...stored, credits });
            }
            catch (error) {
                if (!(error instanceof DatabaseUnavailable) || this.signal.aborted)
                    throw error;
                // oxlint-disable-next-line no-await-in-loop -- until they are stored
                await this.dependencies.wait(STORE_AGAIN_MS);
            }
        }
    }
}
/** Hashes the customer keys that the updates of a chunk own or name. Chunks without a common hash have no common customer. */
export function keysOf({ lines }) {
    const keys = new Set(lines.flatMap(({ update }) => [...ownedKeys(update), ...update.parent]));
    return [...keys].map((key) => hash('sha256', key, 'buffer').readInt32BE());
}
/** Computes the wait before a retry. It doubles with every repeat, and is not shorter than any outcome demands, up to the maximum. */
function retryWaitMs(failed, repeats) {
    const demandedMs = failed.map((one) => (one.outcome === 'failed' ? one.retryAfterMs : 0));
    return Math.min(MAX_WAIT_MS, Math.max(FIRST_WAIT_MS * 2 ** repeats, ...demandedMs));
}
//# sourceMappingURL=deliver-chunk.js.map