import { describe, expect, it } from 'vitest';
import { LearnedBatchSize } from './learned-batch-size.js';

const MINUTE = 60_000;

describe(LearnedBatchSize.name, () => {
  it('is what is configured until the vendor says that it is too many', () => {
    const size = new LearnedBatchSize(100);
    expect(size.size).toBe(100);
    expect(size.passed(100, 0)).toBeUndefined();
  });

  it('halves when a call was too large', () => {
    const size = new LearnedBatchSize(100);
    expect(size.tooLarge(100, 0)).toBe(50);
    expect(size.tooLarge(50, 0)).toBe(25);
    expect(size.size).toBe(25);
  });

  it('falls back to the largest size that has passed, where that is more than half', () => {
    const size = new LearnedBatchSize(100);
    size.passed(80, 0);
    expect(size.tooLarge(100, 0)).toBe(80);
  });

  it('forgets what it learned when a single update explains the refusals', () => {
    const size = new LearnedBatchSize(100);
    expect(size.explained()).toBeUndefined();
    size.tooLarge(100, 0);
    size.tooLarge(50, 0);
    expect(size.explained()).toBe(100);
    size.tooLarge(100, 0);
    size.passed(50, MINUTE); // no longer in doubt: the size was tried again since
    expect(size.explained()).toBeUndefined();
  });

  it('ends at one', () => {
    const size = new LearnedBatchSize(3);
    expect(size.tooLarge(3, 0)).toBe(1);
    expect(size.tooLarge(1, 0)).toBe(1);
  });

  it('learns nothing from a call that left before a smaller size was learned', () => {
    const size = new LearnedBatchSize(100);
    size.tooLarge(100, 0);
    expect(size.tooLarge(100, 0)).toBeUndefined();
    expect(size.size).toBe(50);
  });

  it('tries a tenth more when a full call passes a minute later, up to what is configured', () => {
    const size = new LearnedBatchSize(53);
    size.tooLarge(53, 0);
    size.passed(26, 0);
    expect(size.passed(26, MINUTE - 1)).toBeUndefined();
    expect(size.passed(25, MINUTE)).toBeUndefined();
    expect(size.passed(26, MINUTE)).toBe(28);
    for (let minute = 2; minute < 20; minute += 1) size.passed(size.size, minute * MINUTE);
    expect(size.size).toBe(53);
  });

  it('goes back to what passed when the attempt is refused, and waits twice as long', () => {
    const size = new LearnedBatchSize(100);
    size.tooLarge(100, 0);
    size.passed(50, MINUTE);
    expect(size.size).toBe(55);
    expect(size.tooLarge(55, MINUTE)).toBe(50);
    expect(size.passed(50, 2 * MINUTE)).toBeUndefined();
    expect(size.passed(50, 3 * MINUTE)).toBe(55);
  });
});
