var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import { setTimeout as wait } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { customerKey } from '../delivery/customer-key.js';
import { EventLog } from '../observability/event-log.js';
import { ErasableLinesRepository } from '../records/erasable-lines.repository.js';
import { ErasableRecordsRepository } from '../records/erasable-records.repository.js';
import { ERASURE_QUEUE, ErasuresRepository } from '../records/erasures.repository.js';
import { ImportRowsRepository } from '../records/import-rows.repository.js';
import { JobQueue } from '../database/job-queue.js';
import { ErasureWalk } from './erasure-walk.js';
/** A kill uses up an attempt, and so does a lost database or a missing key of DATA_KEYS. */
const QUEUE = { retryLimit: 100_000, retryDelaySeconds: 5, keepSeconds: 3600 };
/** Runs erasures, one at a time, and resumes those that were interrupted. */
let ErasureWorker = class ErasureWorker {
    queue;
    erasures;
    rows;
    lines;
    records;
    log;
    stop = new AbortController();
    constructor(queue, erasures, rows, lines, records, log) {
        this.queue = queue;
        this.erasures = erasures;
        this.rows = rows;
        this.lines = lines;
        this.records = records;
        this.log = log;
    }
    async onApplicationBootstrap() {
        await this.queue.declare(ERASURE_QUEUE, QUEUE);
        await this.queue.work(ERASURE_QUEUE, 1, (job) => this.walk(job));
    }
    async beforeApplicationShutdown() {
        this.stop.abort();
        await this.queue
            .stopWork(ERASURE_QUEUE)
            .catch((error) => this.log.fault('erasure.not-stopped', error));
    }
    async walk({ data: { erasureId }, signal: lost, retryCount }) {
        const signal = AbortSignal.any([lost, this.stop.signal]);
        try {
            const erasure = await this.erasures.open(erasureId);
            if (!erasure)
                return;
            this.log.write('info', 'erasure.begun', { erasureId, attempt: retryCount + 1 });
            const identifiers = JSON.parse(erasure.identifiers);
            const { erasures, rows, lines, records } = this;
            const dependencies = {
                erasures,
                rows,
                lines,
                records,
                wait: (ms) => wait(ms, undefined, { signal }),
                throwIfStopped: () => signal.throwIfAborted(),
            };
            await new ErasureWalk(dependencies, erasure, new Set(identifiers.map(customerKey))).run();
            this.log.write('info', 'erasure.finished', { erasureId });
        }
        catch (error) {
            if (!signal.aborted)
                this.log.fault('erasure.interrupted', error, { erasureId });
            throw error;
        }
    }
};
ErasureWorker = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [JobQueue,
        ErasuresRepository,
        ImportRowsRepository,
        ErasableLinesRepository,
        ErasableRecordsRepository,
        EventLog])
], ErasureWorker);
export { ErasureWorker };
//# sourceMappingURL=erasure.worker.js.map