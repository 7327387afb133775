import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { DeliveryService } from '../../delivery/delivery.service.js';
import { AuditLog } from '../../observability/audit-log.js';
import { Traces } from '../../observability/tracing/traces.js';
import { EventLog } from '../../observability/event-log.js';
import { logNameOf } from '../../security/principal.js';
import { CreditsRepository } from '../../records/credits.repository.js';
import { ImportChunksRepository } from '../../records/import-chunks.repository.js';
import { IMPORT_QUEUE, ImportsRepository } from '../../records/imports.repository.js';
import { isFinal } from '../../records/import-state.js';
import { type Job, JobQueue } from '../../database/job-queue.js';
import { KeyMissing, DecryptionFailed } from '../../records/encryption/field-cipher.js';
import type { Dependencies } from './deliver-chunk.js';
import { ImportRun } from './import-run.js';

interface ImportJob {
  readonly importId: string;
}

/** How many imports one process runs at once. */
const MAX_CONCURRENT_IMPORTS = 4;

/** An attempt ends with a kill, and with a lost database. `deliver-chunk.ts` lists the other retries. */
const QUEUE = { retryLimit: 1000, retryDelaySeconds: 1, keepSeconds: 3600, oneWaitsPerKey: true };

/**
 * Runs imports from the job queue, also those that another process accepted or left unfinished. Several processes share
 * the chunks of a long import.
 */
@Injectable()
export class ImportWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stop = new AbortController();

  constructor(
    private readonly queue: JobQueue,
    private readonly imports: ImportsRepository,
    private readonly work: ImportChunksRepository,
    private readonly credits: CreditsRepository,
    private readonly delivery: DeliveryService,
    private readonly settings: Settings,
    private readonly log: EventLog,
    private readonly audit: AuditLog,
    private readonly traces: Traces,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.queue.declare(IMPORT_QUEUE, QUEUE);
    await this.queue.work<ImportJob>(IMPORT_QUEUE, MAX_CONCURRENT_IMPORTS, (job) =>
      this.takeTurn(job).catch((error: unknown) => this.logFailure(error, job)),
    );
  }

  /** Withdraws waiting updates. Calls in flight may end within DRAIN_TIMEOUT_MS, as those of requests, and are recorded. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort();
    await Promise.race([
      this.queue
        .stopWork(IMPORT_QUEUE)
        .catch((error: unknown) => this.log.fault('import.not-stopped', error)),
      wait(this.settings.DRAIN_TIMEOUT_MS, undefined, { ref: false }),
    ]);
  }

  private async takeTurn(job: Job<ImportJob>): Promise<void> {
    const { importId } = job.data;
    const taken = await this.imports.start(importId, randomUUID());
    if (!taken) return; // it has ended, or is paused
    this.log.write('info', 'import.taken', { importId, attempt: job.retryCount + 1 });
    const stop = AbortSignal.any([job.signal, this.stop.signal]);
    const { work, credits, delivery } = this;
    const dependencies: Dependencies = {
      work,
      credits,
      delivery,
      maxAttempts: this.settings.BACKGROUND_MAX_ATTEMPTS,
      trace: (facts, run) => this.traces.run('import chunk', facts, run),
      wait: (ms, signal) => wait(ms, undefined, { ...(signal && { signal }) }),
    };
    await new ImportRun(dependencies, taken, stop).run();
    const state = await this.imports.endJob(importId, job);
    this.log.write('info', 'import.released', { importId, because: state });
    if (isFinal(state)) await this.auditEnd(importId, state);
  }

  /** Logs errors that an operator has to fix. The queue retries the job until the key or the stored data is back. */
  private logFailure(error: unknown, { data: { importId } }: Job<ImportJob>): never {
    if (error instanceof KeyMissing)
      this.log.write('error', 'data-keys.missing', { importId, keyIds: [error.keyId] });
    else if (error instanceof DecryptionFailed)
      this.log.fault('import.decryption-failed', error, { importId });
    throw error;
  }

  private async auditEnd(importId: string, because: string): Promise<void> {
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
}
