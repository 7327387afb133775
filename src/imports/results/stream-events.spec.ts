import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StoredImport } from '../../records/imports.repository.js';
import { tellEvents } from './stream-events.js';

const anImport = (version: number, finishedAt: Date | null = null): StoredImport => ({
  id: 'i',
  principal: 'api-key:app',
  kind: 'customers',
  route: { source: 'INSTORE' },
  onInvalid: 'skip',
  state: finishedAt ? 'completed' : 'running',
  retryOf: null,
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

describe(tellEvents.name, () => {
  let now = 0;
  beforeEach(() => {
    now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** All events of these states, one at each look, with so much time between two looks. */
  async function tell(states: (StoredImport | undefined)[], seen = -1, passMs = 500): Promise<string[]> {
    const events: string[] = [];
    const pass = async (): Promise<void> => void (now += passMs);
    for await (const one of tellEvents(async () => states.shift(), { isStopping: () => false, pass }, seen)) {
      events.push(one);
    }
    return events;
  }

  it('tells each version once, and ends with the import', async () => {
    const states = [anImport(1), anImport(1), anImport(4), anImport(5, new Date(0)), anImport(6)];
    expect(ids(await tell(states))).toEqual(['1', '4', '5']);
  });

  it('ends after a quarter of an hour, so that whoever watches is asked for a key again', async () => {
    const states = Array.from({ length: 100 }, (_, index) => anImport(index));
    const events = await tell(states, -1, 60_000);
    expect(ids(events)).toHaveLength(17);
  });

  it('goes on after the version that the caller knows', async () => {
    expect(ids(await tell([anImport(4), anImport(5, new Date(0))], 4))).toEqual(['5']);
  });

  it('is not silent for longer than a proxy bears', async () => {
    const events = await tell([anImport(1), anImport(1), anImport(1), undefined], -1, 10_000);
    expect(events.filter((one) => one.startsWith(':'))).toHaveLength(1);
  });
});
