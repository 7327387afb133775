import { describe, expect, it } from 'vitest';
import { mayAccess, ownerFilter } from './ownership.js';
import type { Principal } from './principal.js';
import type { Scope } from './scopes.js';

const requestWith = (...scopes: Scope[]): { principal: Principal } => ({
  principal: { kind: 'api-key', name: 'app', scopes: new Set(scopes) },
});

describe(ownerFilter.name, () => {
  it('returns the principal itself, unless it has the scope', () => {
    expect(ownerFilter(requestWith('imports:read', 'ops:write'), 'ops:read')).toBe('api-key:app');
    expect(ownerFilter(requestWith('ops:read'), 'ops:read')).toBeUndefined();
  });
});

describe(mayAccess.name, () => {
  it.each([
    ['its own object', 'api-key:app', true, true],
    ['an object of a token with the same name', 'jwt:app', false, true],
    ['an object of another key', 'api-key:other', false, true],
    ['an object without an owner', null, false, true],
    ['an object of unknown owner', undefined, false, true],
  ])('authorizes access to %s', (_case, owner, without, withScope) => {
    expect(mayAccess(requestWith('ops:write'), owner, 'ops:read')).toBe(without);
    expect(mayAccess(requestWith('ops:read'), owner, 'ops:read')).toBe(withScope);
  });
});
