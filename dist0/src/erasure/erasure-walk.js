import { eraseAnswer, eraseResult, settleLine } from './erase-outcome.js';
import { namesCustomer } from './names-customer.js';
/** Rows decrypted at a time: some milliseconds, during which nothing else runs. */
const CHUNKS = 4;
const ANSWERS = 50;
const PAYLOADS = 100;
/** The pause before a retry while another process holds a chunk or a key, or an upload is running. */
const BUSY_MS = 1000;
/** Decrypts all stored rows, and erases those that name the customer. It can be stopped and restarted at any time. */
export class ErasureWalk {
    dependencies;
    erasure;
    customer;
    constructor(dependencies, erasure, customer) {
        this.dependencies = dependencies;
        this.erasure = erasure;
        this.customer = customer;
    }
    async run() {
        const { erasures, wait } = this.dependencies;
        const { id } = this.erasure;
        for (let next = await erasures.nextImport(id); next; next = await erasures.nextImport(id)) {
            if (next.isUploading) {
                // oxlint-disable-next-line no-await-in-loop -- until it is accepted or discarded
                await wait(BUSY_MS);
                continue;
            }
            // In this order: once no line is left, no new result can appear.
            // oxlint-disable-next-line no-await-in-loop -- one import after the other
            await this.walkChunks(next.id);
            // oxlint-disable-next-line no-await-in-loop -- after its lines
            await this.walkResults(next.id);
            // oxlint-disable-next-line no-await-in-loop -- after both, so that a kill before it only repeats the walk
            await erasures.endImport(id, next.id);
        }
        await this.walkAnswers();
        await this.walkPayloads(); // last: a request that continues from an answer may create an unknown credit
        await erasures.finish(id);
    }
    async walkChunks(importId) {
        const { lines } = this.dependencies;
        const read = (after) => lines.chunksAfter(importId, after, CHUNKS);
        for (let page = await read(-1); page.length > 0; page = await read(page.at(-1)?.number ?? 0)) {
            for (const { number, items } of page) {
                const named = items.filter(({ dto }) => namesCustomer(dto, this.customer));
                // oxlint-disable-next-line no-await-in-loop -- one after the other, as no caller waits
                await this.eraseLines(importId, named.map(({ line }) => line), number);
            }
            this.dependencies.throwIfStopped();
        }
    }
    /** A result of the vendor may contain an identifier that the line did not. */
    async walkResults(importId) {
        const pages = this.dependencies.rows.results(importId, { priority: 'background' });
        for await (const { number, results } of pages) {
            const named = results.filter(({ result }) => namesCustomer(JSON.parse(result), this.customer));
            await this.eraseLines(importId, named.map(({ line }) => line), number);
            this.dependencies.throwIfStopped();
        }
    }
    async eraseLines(importId, lines, number) {
        if (lines.length === 0)
            return;
        const what = { erasureId: this.erasure.id, importId, number, lines };
        const results = { replace: eraseResult, settle: settleLine };
        await this.untilDone(() => this.dependencies.lines.erase(what, results));
    }
    async walkAnswers() {
        const { records } = this.dependencies;
        const replace = (body) => eraseAnswer(body, this.customer);
        let after = { principal: '', endpoint: '', key: '' };
        while (after) {
            // oxlint-disable-next-line no-await-in-loop -- one page after the other
            const { found, last } = await records.answersAfter(after, ANSWERS);
            for (const one of found.filter(({ body }) => replace(body) !== undefined)) {
                // oxlint-disable-next-line no-await-in-loop -- one after the other, as no caller waits
                await this.untilDone(() => records.replaceAnswer(this.erasure.id, one, replace));
            }
            after = last;
            this.dependencies.throwIfStopped();
        }
    }
    async walkPayloads() {
        const { records } = this.dependencies;
        const read = (after) => records.payloadsAfter(this.erasure, after, PAYLOADS);
        let page = await read({ createdAt: '-infinity', id: '' });
        for (let last = page.at(-1); last; last = page.at(-1)) {
            for (const { id, payload } of page) {
                if (!namesCustomer(JSON.parse(payload), this.customer))
                    continue;
                // oxlint-disable-next-line no-await-in-loop -- one after the other, as no caller waits
                await records.erasePayload(this.erasure.id, id);
            }
            this.dependencies.throwIfStopped();
            // oxlint-disable-next-line no-await-in-loop -- one page after the other
            page = await read(last);
        }
    }
    async untilDone(step) {
        // oxlint-disable-next-line no-await-in-loop -- until no process holds it
        while (!(await step()))
            await this.dependencies.wait(BUSY_MS);
    }
}
//# sourceMappingURL=erasure-walk.js.map