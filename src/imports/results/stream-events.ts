import type { StoredImport } from '../../records/imports.repository.js';
import type { PaceSettings } from '../call-pace.js';
import { toImportDto } from './to-import-dto.js';

/** Proxies close connections that are silent for longer. */
const HEARTBEAT_MS = 15_000;

/**
 * A stream ends after this time, and the client has to connect again, as browsers do by themselves. The key may have
 * been revoked meanwhile, and each open stream polls the database.
 */
const MAX_STREAM_MS = 900_000;

/** Controls how often the import is read, and when the stream ends early. */
export interface Polling {
  readonly isStopping: () => boolean;
  /** Waits until the import is read again. */
  readonly wait: () => Promise<unknown>;
}

/**
 * Streams an import as server-sent events: one event for each change, with the version as its id. The stream ends with
 * the import, or after 15 minutes.
 *
 * @param seenVersion the last version that the caller knows
 */
export async function* streamEvents(
  find: () => Promise<StoredImport | undefined>,
  { isStopping, wait }: Polling,
  seenVersion: number,
  settings: PaceSettings,
): AsyncGenerator<string> {
  let sentVersion = seenVersion;
  const startedAt = performance.now();
  let sentAt = startedAt;
  yield 'retry: 1000\n\n';
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- polls until the import has ended
    const found = await find();
    if (!found) return;
    if (found.version !== sentVersion) {
      sentVersion = found.version;
      sentAt = performance.now();
      yield `id: ${found.version}\nevent: import\ndata: ${JSON.stringify(toImportDto(found, settings))}\n\n`;
    } else if (performance.now() - sentAt > HEARTBEAT_MS) {
      sentAt = performance.now();
      yield ': nothing new\n\n';
    }
    const isOver = performance.now() - startedAt > MAX_STREAM_MS;
    if (found.finishedAt !== null || isOver || isStopping()) return;
    // oxlint-disable-next-line no-await-in-loop -- polls until the import has ended
    await wait();
  }
}
