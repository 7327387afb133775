import { createHmac, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';

/** 64 bits: enough to distinguish millions of customers. */
const DIGITS = 16;

/** Most customers that one event names. */
const MAX_CUSTOMERS = 10;

/** The parts of an update that identify its customer. */
interface Subject {
  readonly route: { readonly source: string; readonly accountId?: string };
  /** The customer keys. */
  readonly customer: readonly string[];
}

/**
 * Computes the hashes that replace customers in logs and audit events: HMAC-SHA256 with `LOG_HASH_KEY`. An operator with the key
 * can follow a known customer, and no one else can find out who it is.
 */
@Injectable()
export class KeyedHash {
  private readonly key: string | Buffer;

  constructor({ LOG_HASH_KEY }: Settings) {
    this.key = LOG_HASH_KEY ?? randomBytes(32);
  }

  /**
   * Returns a hash for each identifier of the customers, because later updates may use any of them; at most ten in all.
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
