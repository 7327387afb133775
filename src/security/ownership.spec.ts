import { describe, expect, it } from 'vitest';
import { mayTouch, onlyOwner } from './ownership.js';
import type { Principal } from './principal.js';
import type { Scope } from './scopes.js';

const asking = (...scopes: Scope[]): { principal: Principal } => ({
  principal: { kind: 'api-key', name: 'app', scopes: new Set(scopes) },
});

describe(onlyOwner.name, () => {
  it('is the principal itself, unless it has the scope', () => {
    expect(onlyOwner(asking('imports:read', 'ops:write'), 'ops:read')).toBe('api-key:app');
    expect(onlyOwner(asking('ops:read'), 'ops:read')).toBeUndefined();
  });
});

describe(mayTouch.name, () => {
  it.each([
    ['its own', 'api-key:app', true, true],
    ['that of a token of the same name', 'jwt:app', false, true],
    ["somebody else's", 'api-key:other', false, true],
    ["nobody's", null, false, true],
    ['what nobody noted', undefined, false, true],
  ])('tells %s', (_case, owner, without, withScope) => {
    expect(mayTouch(asking('ops:write'), owner, 'ops:read')).toBe(without);
    expect(mayTouch(asking('ops:read'), owner, 'ops:read')).toBe(withScope);
  });
});
