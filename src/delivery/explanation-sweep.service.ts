import { Injectable } from '@nestjs/common';
import { Sweeper } from '../database/sweeper.js';
import { EventLog } from '../observability/event-log.js';
import { ExplanationsRepository } from '../records/explanations.repository.js';

/** Until the next sweep, at most about 20,000 rows are written by one instance. */
const SWEEP_EVERY_MS = 10_000;

/** Statements of one run, which remove more rows than are written meanwhile. */
const STATEMENTS_PER_RUN = 20;

/** Removes explanations that are expired, or beyond the bound on rows. */
@Injectable()
export class ExplanationSweep extends Sweeper {
  constructor(
    private readonly repository: ExplanationsRepository,
    log: EventLog,
  ) {
    super(SWEEP_EVERY_MS, (error) => log.fault('explanations.not-swept', error));
  }

  protected async sweep(): Promise<void> {
    for (let statement = 0; statement < STATEMENTS_PER_RUN && !this.isStopped; statement += 1) {
      // oxlint-disable-next-line no-await-in-loop -- each statement shows whether another is due
      const { areMoreDue } = await this.repository.removeDue();
      if (!areMoreDue) return;
    }
  }
}
