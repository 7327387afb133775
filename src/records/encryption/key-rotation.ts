import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { EventLog } from '../../observability/event-log.js';
import { SealedRowsRepository } from './encrypted-columns.repository.js';
import { Sweeper } from '../../database/sweeper.js';
import { Vault } from './field-cipher.js';

/** Other instances may still seal with an older key after a walk. */
const WALK_EVERY_MS = 3_600_000;

/**
 * While DATA_KEYS holds more than one key, seals whatever is stored with the first one, in the background, and says when
 * nothing needs the others any more.
 */
@Injectable()
export class KeyRotation implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly sweeper: Sweeper;

  constructor(
    private readonly rows: SealedRowsRepository,
    private readonly vault: Vault,
    private readonly log: EventLog,
  ) {
    this.sweeper = new Sweeper(
      WALK_EVERY_MS,
      () => this.walk(),
      (error) => log.fault('data-keys.not-rotated', error),
    );
  }

  onApplicationBootstrap(): void {
    if (this.vault.oldKeyIds.length > 0) void this.sweeper.start();
  }

  beforeApplicationShutdown(): void {
    this.sweeper.stop();
  }

  private async walk(): Promise<void> {
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- until a walk finds nothing
      const { itemCount, closedCount, missingKeys } = await this.rows.reseal(() => this.sweeper.isStopped);
      if (this.sweeper.isStopped) return;
      if (itemCount > 0) {
        this.log.write('info', 'data-keys.resealed', { itemCount });
        continue;
      }
      if (closedCount === 0)
        this.log.write('info', 'data-keys.old-ones-unused', { keyIds: this.vault.oldKeyIds });
      else this.log.write('error', 'data-keys.closed-rows', { itemCount: closedCount, keyIds: missingKeys });
      return;
    }
  }
}
