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
 * How often the file is read to notice a change. File system events would miss changes: a mounted file is often a
 * symbolic link that is replaced. Modification times would merge two changes within one tick of the clock.
 */
const POLL_INTERVAL_MS = 1000;

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

/** Authenticates API keys with the current contents of `API_KEYS_FILE`. */
@Injectable()
export class ApiKeys implements OnApplicationShutdown {
  private readonly path: string | undefined;
  private keys: readonly StoredKey[] = [];
  private loadedText: string | undefined;
  private pollTimer: NodeJS.Timeout | undefined;

  constructor(
    settings: Settings,
    private readonly log: EventLog,
  ) {
    this.path = settings.API_KEYS_FILE;
  }

  /**
   * Reads the file, and reads it again after each change. Before, no key is valid.
   *
   * @throws StartupError if the file is not usable
   */
  open(): void {
    if (this.path === undefined) return;
    this.loadedText = readText(this.path);
    try {
      this.load(this.path);
    } catch (error) {
      if (!(error instanceof KeysFileError)) throw error;
      throw new StartupError(`API_KEYS_FILE: ${error.message}\n`.concat(HOW_TO_CREATE));
    }
    this.pollTimer = setInterval(() => this.reloadIfChanged(), POLL_INTERVAL_MS).unref();
  }

  /** @returns the principal of the key; undefined if the key is unknown, revoked or expired */
  find(token: string): Principal | undefined {
    if (!isKey(token)) return undefined;
    const hash = hashKey(token);
    let found: StoredKey | undefined;
    // Every hash is compared, so that the time it takes reveals nothing.
    for (const key of this.keys) if (timingSafeEqual(key.hash, hash)) found = key;
    return found && Date.now() < found.expiresAtMs ? found.principal : undefined;
  }

  onApplicationShutdown(): void {
    clearInterval(this.pollTimer);
  }

  private load(path: string): void {
    this.keys = readKeysFile(path).map(storedKey);
    this.log.write('info', 'keys.loaded', { keyCount: this.keys.length });
  }

  private reloadIfChanged(): void {
    if (this.path === undefined) return;
    const text = readText(this.path);
    if (text === this.loadedText) return;
    this.loadedText = text;
    try {
      this.load(this.path);
    } catch (error) {
      // The previous keys stay valid: a mistake in an editor must not lock out all callers.
      if (error instanceof KeysFileError)
        this.log.write('error', 'keys.refused', { mistakes: error.mistakes });
      else this.log.fault('keys.refused', error);
    }
  }
}

/** @returns undefined if the file cannot be read */
function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

const HOW_TO_CREATE = 'npm run keys -- create --name app --scopes customers:write makes one.';
