import type { StorageLog } from '../../src/database/open-database.js';

export interface ToldEvents extends StorageLog {
  readonly told: { readonly event: string; readonly [fact: string]: unknown }[];
  names(): string[];
}

/** A log that keeps what it is told. */
export function keepEvents(): ToldEvents {
  const told: ToldEvents['told'] = [];
  return {
    told,
    names: () => told.map(({ event }) => event),
    write: (_level, event, facts) => void told.push({ event, ...facts }),
    fault: (event, error, facts) => void told.push({ event, fault: String(error), ...facts }),
  };
}
