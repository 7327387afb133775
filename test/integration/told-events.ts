import type { StorageLog } from '../../src/storage/open-database.js';

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

/** Waits, by asking, for what happens elsewhere. */
export async function until(condition: () => boolean | Promise<boolean>, withinMs = 15_000): Promise<void> {
  const giveUpAt = Date.now() + withinMs;
  // oxlint-disable-next-line no-await-in-loop -- asking until it is so
  while (!(await condition())) {
    if (Date.now() > giveUpAt) throw new Error('what was waited for did not come');
    // oxlint-disable-next-line no-await-in-loop -- the pause between two questions
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
