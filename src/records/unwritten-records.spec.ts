import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aLosableDatabase } from '../../test/builders/a-losable-database.js';
import { Settings } from '../config/settings.js';
import { DatabaseUnavailable } from '../database/database-errors.js';
import type { EventLog } from '../observability/event-log.js';
import { type DueRecord, UnwrittenRecords } from './unwritten-records.js';

const log = { write: vi.fn<EventLog['write']>(), fault: vi.fn<EventLog['fault']>() };
let losable: ReturnType<typeof aLosableDatabase>;
let unwritten: UnwrittenRecords;
/** The names of the records that were written, in order. */
let written: string[];
/** Names of records that cannot be written, though the database can be reached. */
let hanging: Set<string>;

function record(name: string, subjects: readonly string[] = [name], bytes = 100): DueRecord {
  return {
    subjects,
    bytes,
    facts: [{ creditId: name }],
    write: async () => {
      if (losable.database.whyUnavailable() !== undefined || hanging.has(name)) {
        throw new DatabaseUnavailable('it is lost');
      }
      written.push(name);
    },
    onRefused: vi.fn<DueRecord['onRefused']>(),
  };
}

const eventNames = (): string[] => log.write.mock.calls.map(([, event]) => event);

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetAllMocks();
  losable = aLosableDatabase();
  written = [];
  hanging = new Set();
  const settings = Object.assign(new Settings(), { DRAIN_TIMEOUT_MS: 1000 });
  unwritten = new UnwrittenRecords(losable.database, settings, log as unknown as EventLog);
});

afterEach(() => vi.useRealTimers());

describe(UnwrittenRecords.name, () => {
  it('writes at once while the database is there', async () => {
    await unwritten.write(record('a'));
    expect(written).toEqual(['a']);
    expect(log.write).not.toHaveBeenCalled();
  });

  it('keeps what cannot be written, and writes it at the recovery, in order for each subject', async () => {
    losable.lose();
    await unwritten.write(record('a1', ['a']));
    await unwritten.write(record('b'));
    await unwritten.write(record('a2', ['a']));
    expect(unwritten.isKept(['a'])).toBe(true);
    expect(await unwritten.mayTakeOver()).toBe(false);

    losable.recover();
    await vi.advanceTimersByTimeAsync(0);
    expect(written).toEqual(['a1', 'b', 'a2']);
    expect(unwritten.isKept(['a', 'b'])).toBe(false);
    expect(log.write.mock.calls).toEqual([
      ['warn', 'records.kept'],
      ['info', 'records.written', { itemCount: 3, durationMs: 0 }],
    ]);
  });

  it('takes nothing over for a while after the recovery', async () => {
    expect(await unwritten.mayTakeOver()).toBe(true);
    losable.lose();
    losable.recover();
    expect(await unwritten.mayTakeOver()).toBe(false);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await unwritten.mayTakeOver()).toBe(true);
  });

  it('tries again by itself, and a record that still fails blocks only its own subject', async () => {
    hanging.add('a1');
    await unwritten.write(record('a1', ['a']));
    await unwritten.write(record('a2', ['a']));
    hanging.add('b');
    await unwritten.write(record('b'));
    hanging.delete('b');
    await vi.advanceTimersByTimeAsync(250);
    expect(written).toEqual(['b']);
    hanging.clear();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(written).toEqual(['b', 'a1', 'a2']);
  });

  it('demands that a subject is written before there is new work on it', async () => {
    hanging.add('a');
    await unwritten.write(record('a'));
    await expect(unwritten.demandWritten(['a'])).rejects.toThrow(DatabaseUnavailable);
    await expect(unwritten.demandWritten(['b'])).resolves.toBeUndefined();
    hanging.clear();
    await expect(unwritten.demandWritten(['a'])).resolves.toBeUndefined();
    expect(written).toEqual(['a']);
  });

  it.each([
    ['count', 10_000, 1],
    ['size', 2, 16 * 1024 * 1024],
  ])('accepts no new work beyond its %s, and still keeps what is known', async (_bound, count, bytes) => {
    losable.lose();
    for (let each = 1; each < count; each += 1) await unwritten.write(record(`${each}`, undefined, bytes));
    await expect(unwritten.demandWritten(['new'])).resolves.toBeUndefined();
    await unwritten.write(record('last', undefined, bytes));
    await expect(unwritten.demandWritten(['new'])).rejects.toThrow(DatabaseUnavailable);
    await unwritten.write(record('in flight', undefined, bytes));

    losable.recover();
    await vi.advanceTimersByTimeAsync(0);
    expect(written).toHaveLength(count + 1);
    await expect(unwritten.demandWritten(['new'])).resolves.toBeUndefined();
  });

  it('logs what the database refuses, and does not try it again', async () => {
    const refused = {
      ...record('a'),
      write: vi.fn<DueRecord['write']>(async () => Promise.reject(new Error('refused'))),
    };
    await unwritten.write(refused);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(refused.write).toHaveBeenCalledOnce();
    expect(refused.onRefused).toHaveBeenCalledOnce();
    expect(log.write.mock.calls).toEqual([['error', 'records.not-written', { creditId: 'a' }]]);
  });

  it('writes what is kept before the end of the process', async () => {
    losable.lose();
    await unwritten.write(record('a'));
    unwritten.beforeApplicationShutdown();
    const ended = unwritten.onApplicationShutdown();
    await vi.advanceTimersByTimeAsync(500);
    losable.recover();
    await vi.advanceTimersByTimeAsync(250);
    await ended;
    expect(written).toEqual(['a']);
    expect(eventNames()).not.toContain('records.not-written');
  });

  it('ends in time without the database, and logs what is lost', async () => {
    losable.lose();
    await unwritten.write(record('a'));
    unwritten.beforeApplicationShutdown();
    const ended = unwritten.onApplicationShutdown();
    await vi.advanceTimersByTimeAsync(1000);
    await ended;
    expect(log.write.mock.lastCall).toEqual(['error', 'records.not-written', { creditId: 'a' }]);
  });
});
