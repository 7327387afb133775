import type { StoredImport } from '../storage/imports.repository.js';
import { tellImport } from './tell-import.js';

/** Proxies close what is silent for longer. */
const HEARTBEAT_MS = 15_000;

/** What decides between two looks. */
export interface Pace {
  readonly isStopping: () => boolean;
  /** Lets the time until the next look pass. */
  readonly pass: () => Promise<unknown>;
}

/**
 * Server-sent events: the import whenever it has changed, its version as the id, until it has ended.
 *
 * @param seen the last version that the caller knows
 */
export async function* tellEvents(
  find: () => Promise<StoredImport | undefined>,
  { isStopping, pass }: Pace,
  seen: number,
): AsyncGenerator<string> {
  let told = seen;
  let toldAt = performance.now();
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
    if (found.finishedAt !== null || isStopping()) return;
    // oxlint-disable-next-line no-await-in-loop -- asking until it has ended
    await pass();
  }
}
