import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { DeliveryService } from '../../delivery/delivery.service.js';
import { AuditLog } from '../../observability/audit-log.js';
import { EventLog } from '../../observability/event-log.js';
import { logNameOf } from '../../security/principal.js';
import { CreditsRepository } from '../../records/credits.repository.js';
import { ImportChunksRepository } from '../../records/import-chunks.repository.js';
import { IMPORT_QUEUE, ImportsRepository } from '../../records/imports.repository.js';
import { type Job, JobQueue } from '../../database/job-queue.js';
import { KeyMissing, DecryptionFailed } from '../../records/encryption/field-cipher.js';
import { ImportRun } from './import-run.js';

interface ImportJob {
  readonly importId: string;
}

/** Imports that one process works on at once. */
const IMPORTS_AT_ONCE = 4;

/** A kill uses up an attempt, and so does a database that is away. */
const QUEUE = { retryLimit: 1000, retryDelaySeconds: 1, keepSeconds: 3600, oneWaitsPerKey: true };

/**
 * Works off imports as their jobs come, whichever process took them in, and goes on after whatever ended one. Several
 * processes share the chunks of a long one.
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
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.queue.declare(IMPORT_QUEUE, QUEUE);
    await this.queue.work<ImportJob>(IMPORT_QUEUE, IMPORTS_AT_ONCE, (job) =>
      this.takeTurn(job).catch((error: unknown) => this.tell(error, job)),
    );
  }

  /** What waits is called back; what is in flight may end, and is noted, as long as requests may. */
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
    if (!taken) return; // it has ended, or rests
    this.log.write('info', 'import.taken', { importId, attempt: job.retryCount + 1 });
    const stop = AbortSignal.any([job.signal, this.stop.signal]);
    const { work, credits, delivery } = this;
    const needs = {
      work,
      credits,
      delivery,
      wait: (ms: number, signal?: AbortSignal) => wait(ms, undefined, { ...(signal && { signal }) }),
    };
    await new ImportRun(needs, taken, stop).workOff();
    const state = await this.imports.endJob(importId, job);
    this.log.write('info', 'import.put-down', { importId, because: state });
    if (state === 'completed' || state === 'cancelled') await this.tellEnd(importId, state);
  }

  /** It is tried again, until the key is there, or what is stored is as it was. */
  private tell(error: unknown, { data: { importId } }: Job<ImportJob>): never {
    if (error instanceof KeyMissing)
      this.log.write('error', 'data-keys.missing', { importId, keyIds: [error.keyId] });
    else if (error instanceof DecryptionFailed)
      this.log.fault('import.decryption-failed', error, { importId });
    throw error;
  }

  private async tellEnd(importId: string, because: string): Promise<void> {
    const found = await this.imports.find(importId).catch(() => undefined); // it ended all the same
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
