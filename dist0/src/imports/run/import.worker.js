var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { DeliveryService } from '../../delivery/delivery.service.js';
import { AuditLog } from '../../observability/audit-log.js';
import { EventLog } from '../../observability/event-log.js';
import { logNameOf } from '../../security/principal.js';
import { CreditsRepository } from '../../records/credits.repository.js';
import { ImportChunksRepository } from '../../records/import-chunks.repository.js';
import { IMPORT_QUEUE, ImportsRepository } from '../../records/imports.repository.js';
import { JobQueue } from '../../database/job-queue.js';
import { KeyMissing, DecryptionFailed } from '../../records/encryption/field-cipher.js';
import { ImportRun } from './import-run.js';
/** How many imports one process runs at once. */
const MAX_CONCURRENT_IMPORTS = 4;
/** An attempt ends with a kill, and with a lost database. `deliver-chunk.ts` lists the other retries. */
const QUEUE = { retryLimit: 1000, retryDelaySeconds: 1, keepSeconds: 3600, oneWaitsPerKey: true };
/**
 * Runs imports from the job queue, also those that another process accepted or left unfinished. Several processes share
 * the chunks of a long import.
 */
let ImportWorker = class ImportWorker {
    queue;
    imports;
    work;
    credits;
    delivery;
    settings;
    log;
    audit;
    stop = new AbortController();
    constructor(queue, imports, work, credits, delivery, settings, log, audit) {
        this.queue = queue;
        this.imports = imports;
        this.work = work;
        this.credits = credits;
        this.delivery = delivery;
        this.settings = settings;
        this.log = log;
        this.audit = audit;
    }
    async onApplicationBootstrap() {
        await this.queue.declare(IMPORT_QUEUE, QUEUE);
        await this.queue.work(IMPORT_QUEUE, MAX_CONCURRENT_IMPORTS, (job) => this.takeTurn(job).catch((error) => this.logFailure(error, job)));
    }
    /** Withdraws waiting updates. Calls in flight may end within DRAIN_TIMEOUT_MS, as those of requests, and are recorded. */
    async beforeApplicationShutdown() {
        this.stop.abort();
        await Promise.race([
            this.queue
                .stopWork(IMPORT_QUEUE)
                .catch((error) => this.log.fault('import.not-stopped', error)),
            wait(this.settings.DRAIN_TIMEOUT_MS, undefined, { ref: false }),
        ]);
    }
    async takeTurn(job) {
        const { importId } = job.data;
        const taken = await this.imports.start(importId, randomUUID());
        if (!taken)
            return; // it has ended, or is paused
        this.log.write('info', 'import.taken', { importId, attempt: job.retryCount + 1 });
        const stop = AbortSignal.any([job.signal, this.stop.signal]);
        const { work, credits, delivery } = this;
        const dependencies = {
            work,
            credits,
            delivery,
            wait: (ms, signal) => wait(ms, undefined, { ...(signal && { signal }) }),
        };
        await new ImportRun(dependencies, taken, stop).run();
        const state = await this.imports.endJob(importId, job);
        this.log.write('info', 'import.released', { importId, because: state });
        if (state === 'completed' || state === 'cancelled')
            await this.auditEnd(importId, state);
    }
    /** Logs errors that an operator has to fix. The queue retries the job until the key or the stored data is back. */
    logFailure(error, { data: { importId } }) {
        if (error instanceof KeyMissing)
            this.log.write('error', 'data-keys.missing', { importId, keyIds: [error.keyId] });
        else if (error instanceof DecryptionFailed)
            this.log.fault('import.decryption-failed', error, { importId });
        throw error;
    }
    async auditEnd(importId, because) {
        const found = await this.imports.find(importId).catch(() => undefined); // the import has ended even so
        const { total: itemCount, updated, rejected, failed, unknown } = found ?? {};
        const owner = found?.principal;
        const principal = owner ? logNameOf(owner) : undefined;
        this.audit.write('import.ended', {
            importId,
            principal,
            because,
            itemCount,
            updated,
            rejected,
            failed,
            unknown,
        });
    }
};
ImportWorker = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [JobQueue,
        ImportsRepository,
        ImportChunksRepository,
        CreditsRepository,
        DeliveryService,
        Settings,
        EventLog,
        AuditLog])
], ImportWorker);
export { ImportWorker };
//# sourceMappingURL=import.worker.js.map