import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DatabaseUnavailable } from '../../database/database-errors.js';
import { EventLog } from '../../observability/event-log.js';
import { Instance } from '../../observability/instance.js';
import { InstancesRepository } from '../../records/instances.repository.js';

/** An instance counts as missing after four times this. */
const REPORT_EVERY_MS = 15_000;

/** Reports to the other instances that this one runs, until it shuts down. */
@Injectable()
export class Heartbeat implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private next: NodeJS.Timeout | undefined;
  private underWay: Promise<void> | undefined;

  constructor(
    private readonly instances: InstancesRepository,
    private readonly instance: Instance,
    private readonly log: EventLog,
  ) {}

  onApplicationBootstrap(): void {
    this.report();
    this.next = setInterval(() => this.report(), REPORT_EVERY_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.next);
    // A report that ends after the removal would make this instance look as if it had been killed.
    await this.underWay;
    await this.instances.remove(this.instance.id).catch((error: unknown) => this.logFault(error));
  }

  private report(): void {
    this.underWay ??= this.instances
      .report(this.instance)
      .catch((error: unknown) => this.logFault(error))
      .finally(() => (this.underWay = undefined));
  }

  /** The loss of the database is logged once, where it is noticed. */
  private logFault(error: unknown): void {
    if (!(error instanceof DatabaseUnavailable)) this.log.fault('instance.not-reported', error);
  }
}
