import { timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { EventLog } from '../observability/event-log.js';
import { StartupError } from '../config/startup-error.js';
import { hashKey, isKey } from './api-key.js';
import { type KeyRecord, KeysFileError, readKeysFile } from './keys-file.js';
import type { Principal } from './principal.js';

/**
 * How soon a change of the file is seen. It is read, and not listened to: a mounted file is often a link that is put
 * elsewhere, of which no listener is told, and two changes in one tick of the clock look like one.
 */
const LOOK_EVERY_MS = 1000;

interface StoredKey {
  readonly hash: Buffer;
  readonly expiresAtMs: number;
  readonly principal: Principal;
}

function storedKey({ name, hash, scopes, expiresAt, ...bounds }: KeyRecord): StoredKey {
  return {
    hash: Buffer.from(hash, 'hex'),
    expiresAtMs: expiresAt === undefined ? Infinity : Date.parse(expiresAt),
    principal: { ...bounds, kind: 'api-key', name, scopes: new Set(scopes) },
  };
}

/** The API keys of the file `API_KEYS_FILE`, as it is now. */
@Injectable()
export class ApiKeys implements OnApplicationShutdown {
  private readonly path: string | undefined;
  private keys: readonly StoredKey[] = [];
  private seen: string | undefined;
  private looking: NodeJS.Timeout | undefined;

  constructor(
    settings: Settings,
    private readonly log: EventLog,
  ) {
    this.path = settings.API_KEYS_FILE;
  }

  /**
   * Reads the file, and from then on each change of it. Until then nobody is known.
   *
   * @throws StartupError where the file cannot be used
   */
  open(): void {
    if (this.path === undefined) return;
    this.seen = textOf(this.path);
    try {
      this.load(this.path);
    } catch (error) {
      if (!(error instanceof KeysFileError)) throw error;
      throw new StartupError(`API_KEYS_FILE: ${error.message}\n`.concat(HOW_TO_MAKE));
    }
    this.looking = setInterval(() => this.look(), LOOK_EVERY_MS).unref();
  }

  /** @returns whose key it is; undefined where it is nobody's, or has expired */
  find(token: string): Principal | undefined {
    if (!isKey(token)) return undefined;
    const hash = hashKey(token);
    let found: StoredKey | undefined;
    // All of them, whichever it is: the time that it takes tells nothing.
    for (const key of this.keys) if (timingSafeEqual(key.hash, hash)) found = key;
    return found && Date.now() < found.expiresAtMs ? found.principal : undefined;
  }

  onApplicationShutdown(): void {
    clearInterval(this.looking);
  }

  private load(path: string): void {
    this.keys = readKeysFile(path).map(storedKey);
    this.log.write('info', 'keys.loaded', { keyCount: this.keys.length });
  }

  private look(): void {
    if (this.path === undefined) return;
    const text = textOf(this.path);
    if (text === this.seen) return;
    this.seen = text;
    try {
      this.load(this.path);
    } catch (error) {
      // The keys as they were go on: a slip of an editor must not lock everybody out.
      if (error instanceof KeysFileError)
        this.log.write('error', 'keys.refused', { mistakes: error.mistakes });
      else this.log.fault('keys.refused', error);
    }
  }
}

/** @returns undefined where it cannot be read */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

const HOW_TO_MAKE = 'npm run keys -- create --name app --scopes customers:write makes one.';
