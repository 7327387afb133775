import { describe, expect, it } from 'vitest';
import { RecentRejections } from './recent-rejections.js';

const ERRORS = [{ code: 400, message: 'm', type: 'update-refused' as const, status: 422 }];

describe(RecentRejections.name, () => {
  it('finds the very same update in the same lane, for a while', () => {
    const rejections = new RecentRejections(1000);
    rejections.add('lane', '{"a":1}', ERRORS, 0);
    expect(rejections.find('lane', '{"a":1}', 999)).toBe(ERRORS);
    expect(rejections.find('lane', '{"a":2}', 999)).toBeUndefined();
    expect(rejections.find('other', '{"a":1}', 999)).toBeUndefined();
    expect(rejections.find('lane', '{"a":1}', 1000)).toBeUndefined();
  });

  it('remembers nothing for 0 ms', () => {
    const rejections = new RecentRejections(0);
    rejections.add('lane', 'x', ERRORS, 0);
    expect(rejections.find('lane', 'x', 0)).toBeUndefined();
  });

  it('forgets the oldest beyond 10,000', () => {
    const rejections = new RecentRejections(1000);
    for (let count = 0; count <= 10_000; count += 1) rejections.add('lane', String(count), ERRORS, 0);
    expect(rejections.find('lane', '0', 1)).toBeUndefined();
    expect(rejections.find('lane', '1', 1)).toBe(ERRORS);
  });
});
