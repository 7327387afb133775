import { afterEach, describe, expect, it, vi } from 'vitest';
import { FailedAttempts } from './failed-attempts.js';

afterEach(() => vi.useRealTimers());

describe(FailedAttempts.name, () => {
  it('lets an address fail 60 times a minute, and tells how long it has to wait then', async () => {
    vi.useFakeTimers();
    const failed = new FailedAttempts();
    const notes = await Promise.all(Array.from({ length: 61 }, () => failed.note('192.0.2.1')));
    expect(notes.filter((wait) => wait === undefined)).toHaveLength(60);
    expect(notes[60]).toBe(60);
    expect(await failed.note('192.0.2.2')).toBeUndefined();
    vi.advanceTimersByTime(59_500);
    expect(await failed.note('192.0.2.1')).toBe(1);
    vi.advanceTimersByTime(1000);
    expect(await failed.note('192.0.2.1')).toBeUndefined();
  });
});
