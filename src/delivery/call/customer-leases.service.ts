import { createHash, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { EventLog } from '../../observability/event-log.js';
import { CustomerLeasesRepository } from '../../records/customer-leases.repository.js';
import type { PendingUpdate } from '../queue/pending-update.js';
import { ownedKeys } from '../update.js';

/** How long the customers of a killed instance stay reserved. */
const LEASE_MS = 10_000;

/** The keys of one update, hashed. */
function hashedKeys({ update }: PendingUpdate): string[] {
  const { source, accountId = '' } = update.route;
  return [...ownedKeys(update), ...update.parent].map((key) =>
    createHash('sha256').update(`${source}\n${accountId}\n${key}`).digest('base64'),
  );
}

/**
 * Keeps two instances from touching a customer at the same time. Within one instance `CustomerLocks` does that, so an
 * instance never asks for a customer that it already has in a call.
 */
@Injectable()
export class CustomerLeases {
  private readonly holder = randomUUID();
  private held = 0;
  private extending: NodeJS.Timeout | undefined;
  private releases: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly leases: CustomerLeasesRepository,
    private readonly log: EventLog,
  ) {}

  /** @returns the updates with customers that no other instance holds; all of them while the database is unavailable */
  async acquire(members: readonly PendingUpdate[]): Promise<readonly PendingUpdate[]> {
    if (!this.leases.isShared) return members;
    await this.releases; // a late release would give away what is acquired now
    const keys = new Map(members.map((one) => [one, hashedKeys(one)]));
    try {
      const all = [...new Set([...keys.values()].flat())];
      const acquired = await this.leases.acquire(this.holder, all, LEASE_MS);
      const permitted = members.filter((one) => keys.get(one)?.every((key) => acquired.has(key)));
      const wanted = new Set(permitted.flatMap((one) => keys.get(one) ?? []));
      this.keep(permitted.length);
      this.giveUp([...acquired].filter((key) => !wanted.has(key)));
      return permitted;
    } catch (error) {
      this.log.fault('customer-leases.lost', error);
      this.keep(members.length);
      return members;
    }
  }

  /** Releases the customers of a call that is over. */
  release(members: readonly PendingUpdate[]): void {
    if (!this.leases.isShared || members.length === 0) return;
    this.keep(-members.length);
    this.giveUp([...new Set(members.flatMap(hashedKeys))]);
  }

  private giveUp(keys: readonly string[]): void {
    if (keys.length === 0) return;
    const released = this.leases
      .release(this.holder, keys)
      .catch((error: unknown) => this.log.fault('customer-leases.lost', error));
    this.releases = Promise.all([this.releases, released]);
  }

  /** Extends the leases while any is held. */
  private keep(change: number): void {
    this.held += change;
    if (this.held > 0) {
      this.extending ??= setInterval(() => {
        this.leases
          .extend(this.holder, LEASE_MS)
          .catch((error: unknown) => this.log.fault('customer-leases.lost', error));
      }, LEASE_MS / 4).unref();
    } else {
      clearInterval(this.extending);
      this.extending = undefined;
    }
  }
}
