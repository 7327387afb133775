import { describe, expect, it } from 'vitest';
import { PrincipalLabels } from './principal-labels.js';

describe(PrincipalLabels.name, () => {
  it('names the first 50 principals of each kind, and no further one', () => {
    const labels = new PrincipalLabels();
    const tokens = Array.from({ length: 60 }, (_, n) => labels.labelOf(`jwt:${n}`));
    expect(tokens.slice(0, 50)).toEqual(Array.from({ length: 50 }, (_, n) => `jwt:${n}`));
    expect(new Set(tokens.slice(50))).toEqual(new Set(['other']));
    expect(labels.labelOf('api-key:app')).toBe('api-key:app');
    expect(labels.labelOf('jwt:7')).toBe('jwt:7');
    expect(labels.labelOf(undefined)).toBe('none');
  });
});
