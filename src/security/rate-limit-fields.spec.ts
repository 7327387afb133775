import { describe, expect, it } from 'vitest';
import { formatPolicies, formatQuotasLeft } from './rate-limit-fields.js';

describe(formatPolicies.name, () => {
  it('lists each limit with its quota, and its window or unit', () => {
    expect(
      formatPolicies([
        { name: 'requests', quota: 100, windowSeconds: 1 },
        { name: 'concurrent', quota: 8, unit: 'concurrent-requests' },
      ]),
    ).toBe('"requests";q=100;w=1, "concurrent";q=8;qu="concurrent-requests"');
  });
});

describe(formatQuotasLeft.name, () => {
  it('lists what is left, and the whole seconds until the quota is restored', () => {
    expect(
      formatQuotasLeft([
        { name: 'requests', remaining: 99, resetMs: 12 },
        { name: 'concurrent', remaining: 0 },
      ]),
    ).toBe('"requests";r=99;t=1, "concurrent";r=0');
  });
});
