import { describe, expect, it } from 'vitest';
import { CODE_CATALOG, isKnownCode, lookUpCode } from './code-catalog.js';

const span = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, step) => from + step);

/** docs/vendor-contract.md section 4, line by line: codes, class, status for the caller. */
const CONTRACT: readonly [codes: number[], codeClass: string, status: number][] = [
  [[8015, 8009, 816, 1011, 1012, 8065], 'rejected', 404],
  [[8013, 1015, 1042, 1104], 'rejected', 422],
  [[8056, 8058, 1001], 'rejected', 422],
  [[8055, 8057, 1002], 'rejected', 422],
  [[8010, 1101], 'rejected', 422],
  [[8011, 8045, 8054, 3217], 'rejected', 422],
  [[8007, 8008, 8053, 8066, 1014, 1016, 1032, 1033, 91007], 'rejected', 409],
  [[8050, 8051, 8067], 'side-action', 409],
  [[1046, 8018], 'rejected', 409],
  [[1013, 1020, 1023, 8089], 'rejected', 422],
  [[1010, ...span(1086, 1098), 19223], 'ambiguous', 504],
  [[1213], 'rejected', 422],
  [[1017, 1018, 91015], 'rejected', 422],
  [[1034, ...span(1214, 1217)], 'rejected', 422],
  [[618], 'rejected', 403],
  [[521], 'not-processed', 503],
  [[461], 'not-processed', 503],
  [[500, 10002, 1024], 'update-failed', 502],
  [[1060], 'rejected', 422],
  [[1605, 1618], 'rejected', 409],
  [[1607, 1615, 1617], 'rejected', 422],
  [[1608, 1709, 1710], 'rejected', 409],
  [[1609, 1613, 1616, 1701], 'rejected', 422],
  [[1610, 1705], 'rejected', 409],
  [[1621], 'rejected', 404],
  [[1622], 'rejected', 409],
  [[1625], 'rejected', 409],
  [[1626, 1627, 1628], 'rejected', 409],
  [[1648], 'rejected', 409],
  [[1703, 1704, 1707, 1708], 'rejected', 422],
  [[1711], 'rejected', 409],
  [[...span(91002, 91006), ...span(91011, 91014)], 'side-action', 422],
  [[91020, 91021], 'rejected', 422],
];

describe('CODE_CATALOG', () => {
  it.each(CONTRACT)('agrees with the contract about %j', (codes, codeClass, status) => {
    for (const code of codes) {
      expect(isKnownCode(code)).toBe(true);
      expect(lookUpCode(code)).toMatchObject({ class: codeClass, status });
    }
  });

  it('has no code twice', () => {
    const codes = CODE_CATALOG.flatMap((row) => row.codes);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('takes an unknown code for a verdict', () => {
    expect(isKnownCode(424_242)).toBe(false);
    expect(lookUpCode(424_242)).toMatchObject({ class: 'rejected', status: 422, type: 'update-refused' });
  });
});
