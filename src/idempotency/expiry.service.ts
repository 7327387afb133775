import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { EventLog } from '../observability/event-log.js';
import { IdempotencyRepository } from '../storage/idempotency.repository.js';

const SWEEP_EVERY_MS = 60_000;

/** Instances that were started together do not sweep together. */
const JITTER = 0.2;

/** Records that one statement removes, and statements in one run: a long holiday is swept in several runs. */
const RECORDS_AT_ONCE = 1000;
const STATEMENTS_PER_RUN = 20;

/** Removes records whose time is over. */
@Injectable()
export class ExpiryService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private next: NodeJS.Timeout | undefined;
  private isStopped = false;

  constructor(
    private readonly records: IdempotencyRepository,
    private readonly log: EventLog,
  ) {}

  onApplicationBootstrap(): void {
    this.schedule();
  }

  beforeApplicationShutdown(): void {
    this.isStopped = true;
    clearTimeout(this.next);
  }

  /** @returns how many records were removed */
  async sweep(): Promise<number> {
    let itemCount = 0;
    for (let statement = 0; statement < STATEMENTS_PER_RUN && !this.isStopped; statement += 1) {
      // oxlint-disable-next-line no-await-in-loop -- small statements, one after the other
      const removed = await this.records.removeExpired(RECORDS_AT_ONCE);
      itemCount += removed;
      if (removed < RECORDS_AT_ONCE) break;
    }
    return itemCount;
  }

  private schedule(): void {
    const waitMs = SWEEP_EVERY_MS * (1 + JITTER * (2 * Math.random() - 1));
    this.next = setTimeout(() => void this.run(), waitMs).unref();
  }

  private async run(): Promise<void> {
    try {
      const itemCount = await this.sweep();
      if (itemCount > 0) this.log.write('info', 'idempotency.expired', { itemCount });
    } catch (error) {
      this.log.fault('idempotency.not-swept', error);
    }
    if (!this.isStopped) this.schedule();
  }
}
