import { type FileSetting, readSecretAgain } from '../config/read-secret-again.js';
import type { Settings } from '../config/settings.js';
import type { EventLog } from '../observability/event-log.js';

/** How often the file is read again at most; a call that needs the secret does it. */
const READ_AGAIN_MS = 1000;

/** A secret of the vendor. One that comes from a file is read again, so that a corrected file needs no restart. */
export class SecretFile {
  private current: string;
  private readAt = performance.now();
  private mistake: string | undefined;

  constructor(
    private readonly name: FileSetting,
    settings: Settings,
    private readonly log: EventLog,
  ) {
    this.current = settings[name] ?? '';
  }

  get value(): string {
    const now = performance.now();
    if (now - this.readAt >= READ_AGAIN_MS) {
      this.readAt = now;
      this.readAgain();
    }
    return this.current;
  }

  private readAgain(): void {
    try {
      const text = readSecretAgain(this.name);
      this.mistake = undefined;
      if (text === undefined || text === this.current) return;
      this.current = text;
      this.log.write('info', 'secret-file.loaded');
    } catch (error) {
      // The secret stays as it was: a mistake in an editor must not stop a service that works.
      const { message } = error as Error;
      if (message !== this.mistake) this.log.write('error', 'secret-file.refused', { mistakes: [message] });
      this.mistake = message;
    }
  }
}
