import { describe, expect, it } from 'vitest';
import { DATE_TIME_PATTERN, isDateTimeWithOffset, withNumericOffset } from './dates.js';

describe(isDateTimeWithOffset.name, () => {
  it.each<[string, boolean]>([
    ['2026-02-11T16:36:17.000Z', true],
    ['2026-02-11T16:36:17.123456789+05:30', true],
    ['2026-02-11t16:36:17z', true],
    ['2026-02-11T16:36:17-00:00', true],
    ['2026-02-11T16:36:17-14:00', true],
    ['2026-02-11T16:36:17.Z', false],
    ['2026-02-11T16:36:17,5Z', false],
    ['2026-02-11T16:36:17.1234567890Z', false],
    ['2016-12-31T23:59:60Z', false],
    ['2026-02-11 16:36:17Z', false],
    ['2026-02-11T24:00:00Z', false],
    ['2026-02-11T16:36:17+14:01', false],
    ['2026-02-11T16:36:17+23:59', false],
    ['2026-02-11T16:36:17+0530', false],
    ['2026-02-11T16:36Z', false],
    ['0000-02-11T16:36:17Z', false],
  ])('%s: %s, as OpenAPI says', (text, isAccepted) => {
    expect(isDateTimeWithOffset(text)).toBe(isAccepted);
    expect(new RegExp(DATE_TIME_PATTERN, 'u').test(text)).toBe(isAccepted);
  });
});

describe(withNumericOffset.name, () => {
  it.each([
    ['2026-02-11T16:36:17.999Z', '2026-02-11T16:36:17+00:00'],
    ['2026-02-11t16:36:17z', '2026-02-11T16:36:17+00:00'],
    ['2026-02-11T16:36:17.5-00:00', '2026-02-11T16:36:17+00:00'],
    ['2026-02-11T16:36:17.5+05:30', '2026-02-11T16:36:17+05:30'],
    ['2026-02-11', '2026-02-11'],
  ])('%s is %s for the vendor', (text, sent) => {
    expect(withNumericOffset(text)).toBe(sent);
  });
});
