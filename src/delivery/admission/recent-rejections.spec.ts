import { describe, expect, it } from 'vitest';
import { Offenders } from './recent-rejections.js';

const ERRORS = [{ code: 400, message: 'm', type: 'update-refused' as const, status: 422 }];

describe(Offenders.name, () => {
  it('knows the very same update in the same lane, for a while', () => {
    const offenders = new Offenders(1000);
    offenders.add('lane', '{"a":1}', ERRORS, 0);
    expect(offenders.find('lane', '{"a":1}', 999)).toBe(ERRORS);
    expect(offenders.find('lane', '{"a":2}', 999)).toBeUndefined();
    expect(offenders.find('other', '{"a":1}', 999)).toBeUndefined();
    expect(offenders.find('lane', '{"a":1}', 1000)).toBeUndefined();
  });

  it('remembers nothing for 0 ms', () => {
    const offenders = new Offenders(0);
    offenders.add('lane', 'x', ERRORS, 0);
    expect(offenders.find('lane', 'x', 0)).toBeUndefined();
  });

  it('forgets the oldest beyond 10,000', () => {
    const offenders = new Offenders(1000);
    for (let count = 0; count <= 10_000; count += 1) offenders.add('lane', String(count), ERRORS, 0);
    expect(offenders.find('lane', '0', 1)).toBeUndefined();
    expect(offenders.find('lane', '1', 1)).toBe(ERRORS);
  });
});
