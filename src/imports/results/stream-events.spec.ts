import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Settings } from '../../config/settings.js';
import type { StoredImport } from '../../records/imports.repository.js';
import { streamEvents } from './stream-events.js';

const anImport = (version: number, finishedAt: Date | null = null): StoredImport => ({
  id: 'i',
  principal: 'api-key:app',
  kind: 'customers',
  route: { source: 'INSTORE' },
  onInvalid: 'skip',
  state: finishedAt ? 'completed' : 'running',
  retryOf: null,
  retriedBy: null,
  waitingFor: null,
  sent: 0,
  lineCount: 1,
  total: 1,
  invalid: 0,
  updated: 0,
  rejected: 0,
  failed: 0,
  unknown: 0,
  calls: 0,
  firstWaitingLine: 1,
  goingSince: null,
  settledBefore: 0,
  version,
  createdAt: new Date(0),
  finishedAt,
  emptiedAt: null,
});

const ids = (events: readonly string[]): string[] =>
  events.flatMap((one) => /^id: (\d+)$/m.exec(one)?.[1] ?? []);

describe(streamEvents.name, () => {
  let now = 0;
  beforeEach(() => {
    now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** Collects the events of an import that is in the next of these states each time that it is read. */
  async function collect(
    states: (StoredImport | undefined)[],
    seenVersion = -1,
    waitMs = 500,
  ): Promise<string[]> {
    const events: string[] = [];
    const wait = async (): Promise<void> => void (now += waitMs);
    const polling = { isStopping: () => false, wait };
    for await (const one of streamEvents(async () => states.shift(), polling, seenVersion, new Settings())) {
      events.push(one);
    }
    return events;
  }

  it('streams each version once, and ends with the import', async () => {
    const states = [anImport(1), anImport(1), anImport(4), anImport(5, new Date(0)), anImport(6)];
    expect(ids(await collect(states))).toEqual(['1', '4', '5']);
  });

  it('ends after 15 minutes, so that the client has to authenticate again', async () => {
    const states = Array.from({ length: 100 }, (_, index) => anImport(index));
    const events = await collect(states, -1, 60_000);
    expect(ids(events)).toHaveLength(17);
  });

  it('continues after the version that the caller knows', async () => {
    expect(ids(await collect([anImport(4), anImport(5, new Date(0))], 4))).toEqual(['5']);
  });

  it('sends a heartbeat before a proxy closes the silent connection', async () => {
    const events = await collect([anImport(1), anImport(1), anImport(1), undefined], -1, 10_000);
    expect(events.filter((one) => one.startsWith(':'))).toHaveLength(1);
  });
});
