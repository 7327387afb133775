import { afterEach, describe, expect, it, vi } from 'vitest';
import { FailedAttempts } from './failed-attempts.js';

afterEach(() => vi.useRealTimers());

describe(FailedAttempts.name, () => {
  it('allows 60 failures of an address a minute, then returns how long it has to wait', async () => {
    vi.useFakeTimers();
    const failed = new FailedAttempts();
    const waits = await Promise.all(Array.from({ length: 61 }, () => failed.record('192.0.2.1')));
    expect(waits.filter((wait) => wait === undefined)).toHaveLength(60);
    expect(waits[60]).toBe(60);
    expect(await failed.record('192.0.2.2')).toBeUndefined();
    vi.advanceTimersByTime(59_500);
    expect(await failed.record('192.0.2.1')).toBe(1);
    vi.advanceTimersByTime(1000);
    expect(await failed.record('192.0.2.1')).toBeUndefined();
  });
});
