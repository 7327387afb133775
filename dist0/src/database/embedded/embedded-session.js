import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { DatabaseUnavailable, sqlError } from '../database-errors.js';
/** The worker is the file next to this one: built, or the TypeScript source in tests. */
const WORKER = new URL(`./embedded.worker${extname(import.meta.url)}`, import.meta.url);
/** Replaying the write-ahead log after a crash can take this long; beyond that, something else is wrong. */
const OPEN_WITHIN_MS = 60_000;
const CLOSE_WITHIN_MS = 10_000;
/** Requests that may wait inside the worker, so that it does not wait for this thread between two of them. */
const MAX_SENT = 16;
/** The one session of the embedded database, in a worker thread. */
export class EmbeddedSession {
    worker;
    watch;
    /** Requests without a response yet; the worker responds in this order. */
    pending = [];
    awaitingRoom = [];
    timer;
    dead;
    isWatched = false;
    constructor(worker, watch) {
        this.worker = worker;
        this.watch = watch;
        worker.on('message', (message) => this.handle(message));
        worker.on('error', (error) => this.die(new DatabaseUnavailable('worker failed', error)));
        worker.on('exit', () => this.die(new DatabaseUnavailable('worker ended')));
    }
    /** @throws DatabaseUnavailable when the folder cannot be opened */
    static async open(folder, watch) {
        const input = { folder };
        const session = new EmbeddedSession(new Worker(WORKER, { workerData: input }), watch);
        await session.next(OPEN_WITHIN_MS);
        session.isWatched = true;
        return session;
    }
    /**
     * @param limitMs terminates the worker after this time, because nothing else stops a statement in it; 0 for no limit
     * @throws DatabaseUnavailable | StatementFailed
     */
    send(request, limitMs) {
        if (this.dead)
            return Promise.reject(this.dead);
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
        this.worker.postMessage(request);
        return this.next(limitMs);
    }
    /** Resolves as soon as the worker accepts another request. */
    async room() {
        if (this.dead || this.pending.length < MAX_SENT)
            return;
        await new Promise((resolve) => this.awaitingRoom.push(resolve));
    }
    async close() {
        this.isWatched = false;
        await this.send({ kind: 'close' }, CLOSE_WITHIN_MS).catch(() => undefined);
        await this.worker.terminate();
    }
    next(limitMs) {
        return new Promise((resolve, reject) => {
            this.pending.push({ limitMs, resolve, reject });
            if (this.pending.length === 1)
                this.watchFirst();
        });
    }
    /** The time limit of a request starts when the worker starts on it, which is when it becomes the first one pending. */
    watchFirst() {
        clearTimeout(this.timer);
        const limitMs = this.pending[0]?.limitMs ?? 0;
        if (limitMs === 0)
            return;
        this.timer = setTimeout(() => {
            this.die(new DatabaseUnavailable('no answer in time'));
            void this.worker.terminate();
        }, limitMs);
    }
    handle(message) {
        switch (message.kind) {
            case 'notified':
                this.watch.notified(message.channel, message.payload);
                return;
            case 'opened':
                return this.takeFirst()?.resolve({ rows: [], rowCount: 0, command: '' });
            case 'answered':
                return this.takeFirst()?.resolve(message.answer);
            case 'refused':
                return this.takeFirst()?.reject(sqlError(message.error));
            case 'broken':
                this.die(new DatabaseUnavailable(message.code));
                return void this.worker.terminate();
            case 'not-opened':
                this.die(new DatabaseUnavailable('folder cannot be opened', new Error(message.because)));
                void this.worker.terminate();
        }
    }
    takeFirst() {
        const answered = this.pending.shift();
        this.watchFirst();
        this.awaitingRoom.shift()?.();
        return answered;
    }
    die(error) {
        if (this.dead)
            return;
        this.dead = error;
        for (const { reject } of this.pending.splice(0))
            reject(error);
        for (const resolve of this.awaitingRoom.splice(0))
            resolve();
        clearTimeout(this.timer);
        if (this.isWatched)
            this.watch.died(error);
    }
}
//# sourceMappingURL=embedded-session.js.map