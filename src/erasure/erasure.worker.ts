import { setTimeout as wait } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { customerKey } from '../delivery/customer-key.js';
import { EventLog } from '../observability/event-log.js';
import { ErasableLinesRepository } from '../records/erasable-lines.repository.js';
import { ErasableRecordsRepository } from '../records/erasable-records.repository.js';
import { ERASURE_QUEUE, ErasuresRepository } from '../records/erasures.repository.js';
import { ImportRowsRepository } from '../records/import-rows.repository.js';
import { type Job, JobQueue } from '../database/job-queue.js';
import type { ErasedIdentifierDto } from './dto/erasure.dto.js';
import { ErasureWalk } from './erasure-walk.js';

interface ErasureJob {
  readonly erasureId: string;
}

/** A kill uses up an attempt, and so does a lost database or a missing key of DATA_KEYS. */
const QUEUE = { retryLimit: 100_000, retryDelaySeconds: 5, keepSeconds: 3600 };

/** Runs erasures, one at a time, and resumes those that were interrupted. */
@Injectable()
export class ErasureWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stop = new AbortController();

  constructor(
    private readonly queue: JobQueue,
    private readonly erasures: ErasuresRepository,
    private readonly rows: ImportRowsRepository,
    private readonly lines: ErasableLinesRepository,
    private readonly records: ErasableRecordsRepository,
    private readonly log: EventLog,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.queue.declare(ERASURE_QUEUE, QUEUE);
    await this.queue.work<ErasureJob>(ERASURE_QUEUE, 1, (job) => this.walk(job));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort();
    await this.queue
      .stopWork(ERASURE_QUEUE)
      .catch((error: unknown) => this.log.fault('erasure.not-stopped', error));
  }

  private async walk({ data: { erasureId }, signal: lost, retryCount }: Job<ErasureJob>): Promise<void> {
    const signal = AbortSignal.any([lost, this.stop.signal]);
    try {
      const erasure = await this.erasures.open(erasureId);
      if (!erasure) return;
      this.log.write('info', 'erasure.begun', { erasureId, attempt: retryCount + 1 });
      const identifiers = JSON.parse(erasure.identifiers) as ErasedIdentifierDto[];
      const { erasures, rows, lines, records } = this;
      const dependencies = {
        erasures,
        rows,
        lines,
        records,
        wait: (ms: number) => wait(ms, undefined, { signal }),
        throwIfStopped: () => signal.throwIfAborted(),
      };
      await new ErasureWalk(dependencies, erasure, new Set(identifiers.map(customerKey))).run();
      this.log.write('info', 'erasure.finished', { erasureId });
    } catch (error) {
      if (!signal.aborted) this.log.fault('erasure.interrupted', error, { erasureId });
      throw error;
    }
  }
}
