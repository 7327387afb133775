import type { StoredImport } from '../../records/imports.repository.js';
import { tellImport } from './to-import-dto.js';

/** Proxies close what is silent for longer. */
const HEARTBEAT_MS = 15_000;

/**
 * Then whoever watches has to ask again, which browsers do by themselves: a key may have been revoked meanwhile, and
 * each watcher asks the database.
 */
const LONGEST_MS = 900_000;

/** What decides between two looks. */
export interface Pace {
  readonly isStopping: () => boolean;
  /** Lets the time until the next look pass. */
  readonly pass: () => Promise<unknown>;
}

/**
 * Server-sent events: the import whenever it has changed, its version as the id, until it has ended; for a quarter of an
 * hour at most.
 *
 * @param seen the last version that the caller knows
 */
export async function* tellEvents(
  find: () => Promise<StoredImport | undefined>,
  { isStopping, pass }: Pace,
  seen: number,
): AsyncGenerator<string> {
  let told = seen;
  const begunAt = performance.now();
  let toldAt = begunAt;
  yield 'retry: 1000\n\n';
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- asking until it has ended
    const found = await find();
    if (!found) return;
    if (found.version !== told) {
      told = found.version;
      toldAt = performance.now();
      yield `id: ${found.version}\nevent: import\ndata: ${JSON.stringify(tellImport(found))}\n\n`;
    } else if (performance.now() - toldAt > HEARTBEAT_MS) {
      toldAt = performance.now();
      yield ': nothing new\n\n';
    }
    const isOver = performance.now() - begunAt > LONGEST_MS;
    if (found.finishedAt !== null || isOver || isStopping()) return;
    // oxlint-disable-next-line no-await-in-loop -- asking until it has ended
    await pass();
  }
}
