import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { DatabaseUnavailable, StatementFailed } from '../database-errors.js';
import type { Answer, Request, Told, WorkerInput } from './worker-protocol.js';

/** The worker stands beside this file, built or, in tests, as it is written. */
const WORKER = new URL(`./embedded.worker${extname(import.meta.url)}`, import.meta.url);
/** Reading back the log of a crash can take this long, after which something else is wrong. */
const OPEN_WITHIN_MS = 60_000;
const CLOSE_WITHIN_MS = 10_000;

/** As many requests may wait inside the worker, so that it need not wait for this thread in between. */
const MAX_SENT = 16;

interface Pending {
  readonly limitMs: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

export interface SessionWatch {
  /** The session ended without having been closed: nothing can be asked of it any more. */
  died(error: DatabaseUnavailable): void;
  notified(channel: string, payload: string): void;
}

/** The one session of the database in the worker thread, from its opening to its end. */
export class EmbeddedSession {
  /** What was asked and is not answered yet; the worker answers in this order. */
  private readonly pending: Pending[] = [];
  private readonly awaitingRoom: (() => void)[] = [];
  private timer: NodeJS.Timeout | undefined;
  private dead: DatabaseUnavailable | undefined;
  private isWatched = false;

  private constructor(
    private readonly worker: Worker,
    private readonly watch: SessionWatch,
  ) {
    worker.on('message', (told: Told) => this.hear(told));
    worker.on('error', (error) => this.die(new DatabaseUnavailable('worker failed', error)));
    worker.on('exit', () => this.die(new DatabaseUnavailable('worker ended')));
  }

  /** @throws DatabaseUnavailable when the folder cannot be opened */
  static async open(folder: string, watch: SessionWatch): Promise<EmbeddedSession> {
    const input: WorkerInput = { folder };
    const session = new EmbeddedSession(new Worker(WORKER, { workerData: input }), watch);
    await session.next(OPEN_WITHIN_MS);
    session.isWatched = true;
    return session;
  }

  /**
   * @param limitMs after which the worker is ended, as nothing else stops a statement in it; 0 for no limit
   * @throws DatabaseUnavailable | StatementFailed
   */
  send(request: Request, limitMs: number): Promise<Answer> {
    if (this.dead) return Promise.reject(this.dead);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    this.worker.postMessage(request);
    return this.next(limitMs);
  }

  /** Resolves as soon as the worker may be sent one more. */
  async room(): Promise<void> {
    if (this.dead || this.pending.length < MAX_SENT) return;
    await new Promise<void>((resolve) => this.awaitingRoom.push(resolve));
  }

  async close(): Promise<void> {
    this.isWatched = false;
    await this.send({ kind: 'close' }, CLOSE_WITHIN_MS).catch(() => undefined);
    await this.worker.terminate();
  }

  private next(limitMs: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.pending.push({ limitMs, resolve, reject });
      if (this.pending.length === 1) this.watchFirst();
    });
  }

  /** The time of a request begins when the worker begins with it. */
  private watchFirst(): void {
    clearTimeout(this.timer);
    const limitMs = this.pending[0]?.limitMs ?? 0;
    if (limitMs === 0) return;
    this.timer = setTimeout(() => {
      this.die(new DatabaseUnavailable('no answer in time'));
      void this.worker.terminate();
    }, limitMs);
  }

  private hear(told: Told): void {
    switch (told.kind) {
      case 'notified':
        this.watch.notified(told.channel, told.payload);
        return;
      case 'opened':
        return this.settle()?.resolve({ rows: [], rowCount: 0, command: '' });
      case 'answered':
        return this.settle()?.resolve(told.answer);
      case 'refused':
        return this.settle()?.reject(new StatementFailed(told.error));
      case 'not-opened':
        this.die(new DatabaseUnavailable('folder cannot be opened', new Error(told.because)));
        void this.worker.terminate();
    }
  }

  private settle(): Pending | undefined {
    const answered = this.pending.shift();
    this.watchFirst();
    this.awaitingRoom.shift()?.();
    return answered;
  }

  private die(error: DatabaseUnavailable): void {
    if (this.dead) return;
    this.dead = error;
    for (const { reject } of this.pending.splice(0)) reject(error);
    for (const resolve of this.awaitingRoom.splice(0)) resolve();
    clearTimeout(this.timer);
    if (this.isWatched) this.watch.died(error);
  }
}
