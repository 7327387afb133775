import { Availability } from '../../src/database/availability.js';
import type { Database } from '../../src/database/database.js';

/** A database that executes nothing, and that a test loses and brings back. */
export function aLosableDatabase(): {
  readonly database: Database;
  lose(): void;
  recover(): void;
} {
  const availability = new Availability({ write: () => undefined });
  const database = {
    availability,
    whyUnavailable: () => (availability.isLost ? 'the database cannot be reached' : undefined),
  } as unknown as Database;
  return {
    database,
    lose: () => availability.markLost(new Error('it was ended')),
    recover: () => availability.markAvailable(),
  };
}
