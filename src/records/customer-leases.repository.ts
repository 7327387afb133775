import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';

/** Locks customers across instances while a call updates them. Keys are hashes, so the table names no customer. */
@Injectable()
export class CustomerLeasesRepository {
  constructor(private readonly database: Database) {}

  /** Whether there can be other instances. */
  get isShared(): boolean {
    return this.database.driver === 'postgres';
  }

  /** @returns the keys that the holder has now; another instance has the others */
  async acquire(holder: string, keys: readonly string[], leaseMs: number): Promise<Set<string>> {
    // All instances lock in the same order, so that two never deadlock.
    const { rows } = await this.database.query<{ key: string }>(
      `insert into meniscus.customer_leases as l (key, holder, lease_until)
       select key, $1::uuid, clock_timestamp() + $3::float8 * interval '1 millisecond'
       from unnest($2::text[]) as k(key) order by key
       on conflict (key) do update set holder = excluded.holder, lease_until = excluded.lease_until
         where l.holder = excluded.holder or l.lease_until < clock_timestamp()
       returning key`,
      [holder, [...keys], leaseMs],
    );
    return new Set(rows.map(({ key }) => key));
  }

  async release(holder: string, keys: readonly string[]): Promise<void> {
    await this.database.query(
      'delete from meniscus.customer_leases where key = any($2::text[]) and holder = $1::uuid',
      [holder, [...keys]],
    );
  }

  /** Extends all leases of the holder to this long from now. */
  async extend(holder: string, leaseMs: number): Promise<void> {
    await this.database.query(
      `update meniscus.customer_leases set lease_until = clock_timestamp() + $2::float8 * interval '1 millisecond'
       where holder = $1::uuid`,
      [holder, leaseMs],
    );
  }
}
