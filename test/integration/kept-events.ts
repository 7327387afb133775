import type { DatabaseLog } from '../../src/database/open-database.js';

export interface KeptEvents extends DatabaseLog {
  readonly events: { readonly event: string; readonly [fact: string]: unknown }[];
  names(): string[];
}

/** Creates a log that keeps its events in an array. */
export function keepEvents(): KeptEvents {
  const events: KeptEvents['events'] = [];
  return {
    events,
    names: () => events.map(({ event }) => event),
    write: (_level, event, facts) => void events.push({ event, ...facts }),
    fault: (event, error, facts) => void events.push({ event, fault: String(error), ...facts }),
  };
}
