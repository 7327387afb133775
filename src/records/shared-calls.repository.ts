import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';

/** Counts the recent calls to the vendor of all instances that share a database. */
@Injectable()
export class SharedCallsRepository {
  constructor(private readonly database: Database) {}

  /** Whether there can be other instances. */
  get isShared(): boolean {
    return this.database.driver === 'postgres';
  }

  /**
   * Takes one call of a budget, one instance at a time.
   *
   * @param budget identifies the vendor's credentials, which instances share
   * @param limit calls in any 60 seconds, each counted until a minute after its end
   * @returns 0 if the call was taken, else the milliseconds until one may be free
   */
  async take(callId: string, budget: string, limit: number): Promise<number> {
    const { rows } = await this.database.query<{ wait_ms: number }>(
      'select meniscus.take_call($1::uuid, $2, $3) as wait_ms',
      [callId, budget, limit],
    );
    return rows[0]?.wait_ms ?? 0;
  }

  async end(callId: string): Promise<void> {
    await this.database.query('update meniscus.calls set ended_at = clock_timestamp() where id = $1::uuid', [
      callId,
    ]);
  }

  /** Removes a call that was taken and then not made. */
  async giveBack(callId: string): Promise<void> {
    await this.database.query('delete from meniscus.calls where id = $1::uuid', [callId]);
  }
}
