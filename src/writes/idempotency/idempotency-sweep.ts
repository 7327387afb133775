import { Injectable } from '@nestjs/common';
import { EventLog } from '../../observability/event-log.js';
import { IdempotencyRepository } from '../../records/idempotency.repository.js';
import { Sweeper } from '../../database/sweeper.js';

const SWEEP_EVERY_MS = 60_000;

/** Records that one statement removes, and statements in one run: a long holiday is swept in several runs. */
const RECORDS_AT_ONCE = 1000;
const STATEMENTS_PER_RUN = 20;

/** Removes expired records. */
@Injectable()
export class IdempotencySweep extends Sweeper {
  constructor(
    private readonly records: IdempotencyRepository,
    private readonly log: EventLog,
  ) {
    super(SWEEP_EVERY_MS, (error) => log.fault('idempotency.not-swept', error));
  }

  protected async sweep(): Promise<void> {
    let itemCount = 0;
    for (let statement = 0; statement < STATEMENTS_PER_RUN && !this.isStopped; statement += 1) {
      // oxlint-disable-next-line no-await-in-loop -- small statements, one after the other
      const removed = await this.records.removeExpired(RECORDS_AT_ONCE);
      itemCount += removed;
      if (removed < RECORDS_AT_ONCE) break;
    }
    if (itemCount > 0) this.log.write('info', 'idempotency.expired', { itemCount });
  }
}
