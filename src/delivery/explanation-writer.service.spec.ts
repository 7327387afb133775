import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DatabaseUnavailable, StatementFailed } from '../database/database-errors.js';
import type { EventLog } from '../observability/event-log.js';
import type { ExplanationRow, ExplanationsRepository } from '../records/explanations.repository.js';
import type { Explanation } from './explanation.js';
import { ExplanationWriter } from './explanation-writer.service.js';

const anExplanation = (id: string, requestId = id): Explanation => ({
  id,
  submittedAt: new Date(0),
  priority: 'interactive',
  principal: 'api-key:app',
  requestId,
  lane: { source: 'INSTORE', kind: 'customer' },
  steps: [{ afterMs: 1, event: 'settled', outcome: 'updated' }],
});

function create() {
  const stored: ExplanationRow[][] = [];
  const repository = {
    isDatabaseAvailable: true,
    store: vi.fn<ExplanationsRepository['store']>(async (rows) => void stored.push([...rows])),
  };
  const events: unknown[] = [];
  const log = {
    write: (level: string, event: string, facts: object) => void events.push({ level, event, ...facts }),
  };
  const writer = new ExplanationWriter(
    repository as unknown as ExplanationsRepository,
    log as unknown as EventLog,
  );
  const add = (count: number, prefix = 'u', requestId?: string): void => {
    for (let number = 0; number < count; number += 1) {
      writer.add(anExplanation(`${prefix}-${number}`, requestId));
    }
  };
  const ids = (): string[] => stored.flat().flatMap(({ updateIds }) => updateIds);
  return { writer, repository, stored, events, add, ids };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const aSecond = (): Promise<unknown> => vi.advanceTimersByTimeAsync(1000);

describe(ExplanationWriter.name, () => {
  it('writes what was settled within a second in one statement, and nothing while nothing is', async () => {
    const { writer, stored, repository, ids } = create();
    writer.add(anExplanation('a'));
    await vi.advanceTimersByTimeAsync(900);
    writer.add(anExplanation('b'));
    expect(stored).toEqual([]);
    await vi.advanceTimersByTimeAsync(100);
    expect(ids()).toEqual(['a', 'b']);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(repository.store).toHaveBeenCalledTimes(1);
    writer.add(anExplanation('c'));
    await aSecond();
    expect(repository.store).toHaveBeenCalledTimes(2);
  });

  it('writes an explanation with the steps that it has by then, and again after a late answer', async () => {
    const { writer, stored } = create();
    const one = anExplanation('a');
    writer.add(one);
    one.steps.push({ afterMs: 5, event: 'answered', callId: 'call-1' });
    writer.add(one);
    await aSecond();
    expect(stored.flat().map(({ foundBy }) => foundBy)).toEqual([['a', 'call-1']]);
    one.steps.push({ afterMs: 9, event: 'answered', callId: 'call-2' });
    writer.add(one);
    await aSecond();
    expect(stored.flat().map(({ foundBy }) => foundBy)).toEqual([
      ['a', 'call-1'],
      ['a', 'call-1', 'call-2'],
    ]);
  });

  it('writes at most 1,000 updates in a statement, and 2,000 rows in a second', async () => {
    const { add, stored } = create();
    add(4500);
    await aSecond();
    expect(stored.map(({ length }) => length)).toEqual([1000, 1000]);
    await aSecond();
    await aSecond();
    expect(stored.map(({ length }) => length)).toEqual([1000, 1000, 1000, 1000, 500]);
  });

  it('writes more updates in a second where they share rows', async () => {
    const { add, stored } = create();
    add(4500, 'line', 'import');
    await aSecond();
    expect(stored.map(({ length }) => length)).toEqual([1, 1, 1, 1, 1]);
  });

  it('never writes twice at the same time', async () => {
    const { add, repository } = create();
    const slow = Promise.withResolvers<undefined>();
    repository.store.mockReturnValue(slow.promise);
    add(1);
    await aSecond();
    add(1, 'later');
    await vi.advanceTimersByTimeAsync(5000);
    expect(repository.store).toHaveBeenCalledTimes(1);
    slow.resolve(undefined);
    await aSecond();
    expect(repository.store).toHaveBeenCalledTimes(2);
  });

  it('keeps what it cannot write while the database is lost, and writes it in its order afterwards', async () => {
    const { add, repository, ids, events } = create();
    repository.store.mockRejectedValueOnce(new DatabaseUnavailable('it is lost'));
    add(2, 'first');
    await aSecond();
    repository.isDatabaseAvailable = false;
    add(2, 'then');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(repository.store).toHaveBeenCalledTimes(1);
    repository.isDatabaseAvailable = true;
    await aSecond();
    expect(ids()).toEqual(['first-0', 'first-1', 'then-0', 'then-1']);
    expect(events).toEqual([]);
  });

  it('loses the oldest beyond 10,000, and counts them in one event a minute', async () => {
    const { add, repository, ids, events } = create();
    repository.isDatabaseAvailable = false;
    add(10_003);
    await aSecond();
    expect(events).toEqual([
      { level: 'warn', event: 'explanations.lost', lostCount: 3, because: 'too-many' },
    ]);
    add(2, 'later');
    await vi.advanceTimersByTimeAsync(50_000);
    expect(events).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(11_000);
    expect(events.slice(1)).toEqual([
      { level: 'warn', event: 'explanations.lost', lostCount: 2, because: 'too-many' },
    ]);
    repository.isDatabaseAvailable = true;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(ids()).toHaveLength(10_000);
    expect(ids()[0]).toBe('u-5');
  });

  it('stays within the bound when a batch comes back', async () => {
    const { add, repository, ids, events } = create();
    repository.store.mockImplementationOnce(async () => {
      add(10_000, 'later');
      throw new DatabaseUnavailable('it is lost');
    });
    add(1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(ids()).toHaveLength(10_000);
    expect(events).toMatchObject([{ lostCount: 1 }]);
  });

  it('drops and counts a batch that the database refuses', async () => {
    const { add, repository, ids, events } = create();
    repository.store.mockRejectedValueOnce(new StatementFailed({ code: '23514', message: 'no' }));
    add(3);
    await aSecond();
    expect(events).toEqual([
      { level: 'warn', event: 'explanations.lost', lostCount: 3, because: 'refused: 23514' },
    ]);
    add(1, 'later');
    await aSecond();
    expect(ids()).toEqual(['later-0']);
  });

  it('writes everything at the shutdown', async () => {
    const { writer, add, ids, events } = create();
    add(4500);
    await writer.onApplicationShutdown();
    expect(ids()).toHaveLength(4500);
    expect(events).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('counts what it cannot write at the shutdown', async () => {
    const { writer, add, repository, events } = create();
    repository.store.mockRejectedValue(new DatabaseUnavailable('it is lost'));
    add(3);
    await writer.onApplicationShutdown();
    expect(events).toEqual([
      { level: 'warn', event: 'explanations.lost', lostCount: 3, because: 'shutting-down' },
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
