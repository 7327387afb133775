import { describe, expect, it } from 'vitest';
import { maxLinesPerCall } from './call-pace.js';

const SETTINGS = { UPSTREAM_CALLS_PER_MINUTE: 4, UPSTREAM_MAX_BATCH: 100 };

describe(maxLinesPerCall.name, () => {
  it('is the batch size, and may be another one for associations', () => {
    const given = { ...SETTINGS, UPSTREAM_MAX_BATCH_ASSOCIATIONS: 1 };
    expect(maxLinesPerCall('customers', given)).toBe(100);
    expect(maxLinesPerCall('associations', given)).toBe(1);
    expect(maxLinesPerCall('associations', SETTINGS)).toBe(100);
  });
});
