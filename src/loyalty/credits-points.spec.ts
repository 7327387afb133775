import { describe, expect, it } from 'vitest';
import { creditsPoints } from './credits-points.js';

describe(creditsPoints.name, () => {
  it.each<[unknown, boolean]>([
    [{ programs: [{ loyaltyPoints: 0 }, { loyaltyPoints: 75 }] }, true],
    [{ programs: [{ loyaltyPoints: 0.5 }] }, true],
    [{ programs: [{ loyaltyPoints: 0 }, {}] }, false],
    [{ programs: [{ loyaltyPoints: '75' }] }, false],
    [{ programs: [null, 7] }, false],
    [{ programs: { loyaltyPoints: 75 } }, false],
    [[], false],
    [null, false],
    [undefined, false],
  ])('%j: %s', (enrollment, expected) => {
    expect(creditsPoints(enrollment)).toBe(expected);
  });
});
