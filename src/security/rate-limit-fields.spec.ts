import { describe, expect, it } from 'vitest';
import { tellPolicies, tellStandings } from './rate-limit-fields.js';

describe(tellPolicies.name, () => {
  it('tells each limit with its quota, and its window or unit', () => {
    expect(
      tellPolicies([
        { name: 'requests', quota: 100, windowSeconds: 1 },
        { name: 'concurrent', quota: 8, unit: 'concurrent-requests' },
      ]),
    ).toBe('"requests";q=100;w=1, "concurrent";q=8;qu="concurrent-requests"');
  });
});

describe(tellStandings.name, () => {
  it('tells what is left, and in how many whole seconds all of it is there', () => {
    expect(
      tellStandings([
        { name: 'requests', remaining: 99, resetMs: 12 },
        { name: 'concurrent', remaining: 0 },
      ]),
    ).toBe('"requests";r=99;t=1, "concurrent";r=0');
  });
});
