import { createHmac, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';

/** 64 bits: enough to tell millions apart. */
const DIGITS = 16;

/** Most customers that one event names. */
const MAX_CUSTOMERS = 10;

/** Whom an update is about, as far as a hash of it goes. */
interface Subject {
  readonly route: { readonly source: string; readonly accountId?: string };
  /** Its customer keys. */
  readonly customer: readonly string[];
}

/**
 * What stands in logs and audit events for somebody who must not be named there: HMAC-SHA256 with `LOG_HASH_KEY`, so
 * that whoever has the key can follow somebody they know, and nobody else can find out who it is.
 */
@Injectable()
export class KeyedHash {
  private readonly key: string | Buffer;

  constructor({ LOG_HASH_KEY }: Settings) {
    this.key = LOG_HASH_KEY ?? randomBytes(32);
  }

  /**
   * The customers of updates, a hash for each identifier, as nobody knows by which they will be called next: of the
   * first ten.
   */
  ofCustomers(subjects: readonly Subject[]): string[] {
    const hashes = new Set<string>();
    for (const { route, customer } of subjects) {
      for (const key of customer) {
        if (hashes.size === MAX_CUSTOMERS) return [...hashes];
        hashes.add(this.of([route.source, route.accountId ?? '', key].join('\n')));
      }
    }
    return [...hashes];
  }

  ofAddress(address: string): string {
    return this.of(`address\n${address}`);
  }

  private of(text: string): string {
    return createHmac('sha256', this.key).update(text, 'utf8').digest('hex').slice(0, DIGITS);
  }
}
