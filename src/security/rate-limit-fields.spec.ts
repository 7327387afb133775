import { describe, expect, it } from 'vitest';
import { formatPolicies, formatQuotasLeft } from './rate-limit-fields.js';

describe(formatPolicies.name, () => {
  it('tells each limit with its quota, and its window or unit', () => {
    expect(
      formatPolicies([
        { name: 'requests', quota: 100, windowSeconds: 1 },
        { name: 'concurrent', quota: 8, unit: 'concurrent-requests' },
      ]),
    ).toBe('"requests";q=100;w=1, "concurrent";q=8;qu="concurrent-requests"');
  });
});

describe(formatQuotasLeft.name, () => {
  it('tells what is left, and in how many whole seconds all of it is there', () => {
    expect(
      formatQuotasLeft([
        { name: 'requests', remaining: 99, resetMs: 12 },
        { name: 'concurrent', remaining: 0 },
      ]),
    ).toBe('"requests";r=99;t=1, "concurrent";r=0');
  });
});
