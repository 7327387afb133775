import { Injectable } from '@nestjs/common';
import { EventLog } from '../../observability/event-log.js';
import { EncryptedColumnsRepository } from './encrypted-columns.repository.js';
import { Sweeper } from '../../database/sweeper.js';
import { FieldCipher } from './field-cipher.js';

/** After a walk, other instances may still encrypt with an older key. */
const WALK_EVERY_MS = 3_600_000;

/**
 * While DATA_KEYS contains more than one key, re-encrypts all stored fields with the first one in the background, and
 * logs when no field needs the other keys any more.
 */
@Injectable()
export class KeyRotation extends Sweeper {
  constructor(
    private readonly columns: EncryptedColumnsRepository,
    private readonly cipher: FieldCipher,
    private readonly log: EventLog,
  ) {
    super(WALK_EVERY_MS, (error) => log.fault('data-keys.not-rotated', error));
  }

  override onApplicationBootstrap(): void {
    if (this.cipher.oldKeyIds.length > 0) void this.sweepRepeatedly();
  }

  protected async sweep(): Promise<void> {
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- until a walk finds nothing
      const { reencryptedCount, unreadableCount, missingKeys } = await this.columns.reencrypt(
        () => this.isStopped,
      );
      if (this.isStopped) return;
      if (reencryptedCount > 0) {
        this.log.write('info', 'data-keys.reencrypted', { itemCount: reencryptedCount });
        continue;
      }
      if (unreadableCount === 0) {
        this.log.write('info', 'data-keys.old-ones-unused', { keyIds: this.cipher.oldKeyIds });
      } else {
        const facts = { itemCount: unreadableCount, keyIds: missingKeys };
        this.log.write('error', 'data-keys.unreadable-rows', facts);
      }
      return;
    }
  }
}
