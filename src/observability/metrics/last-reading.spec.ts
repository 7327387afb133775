import { describe, expect, it } from 'vitest';
import { LastReading } from './last-reading.js';

const OPTIONS = { freshMs: 5000, waitMs: 10 };

describe(LastReading.name, () => {
  it('reads at most once in a time, and keeps the last value when a reading fails', async () => {
    let now = 0;
    let read = 0;
    const next = async (): Promise<number> => {
      read += 1;
      if (read === 2) throw new Error('lost');
      return read;
    };
    const reading = new LastReading(next, OPTIONS, () => now);
    expect(reading).toMatchObject({ value: undefined, isCurrent: false });
    await reading.refresh();
    now = 4999;
    await reading.refresh();
    expect(reading).toMatchObject({ value: 1, isCurrent: true });
    now = 5000;
    await reading.refresh();
    expect(reading).toMatchObject({ value: 1, isCurrent: false });
    await reading.refresh();
    expect(reading).toMatchObject({ value: 3, isCurrent: true });
  });

  it('does not wait for a reading that hangs, nor begins a second one', async () => {
    let begun = 0;
    const { promise, resolve } = Promise.withResolvers<string>();
    const reading = new LastReading(() => {
      begun += 1;
      return promise;
    }, OPTIONS);
    await reading.refresh();
    await reading.refresh();
    expect({ begun, isCurrent: reading.isCurrent }).toEqual({ begun: 1, isCurrent: false });
    const refreshed = reading.refresh();
    resolve('late');
    await refreshed;
    expect(reading).toMatchObject({ value: 'late', isCurrent: true });
  });
});
