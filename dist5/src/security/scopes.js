/** The scopes that a principal can have; docs/guides/keys-and-tokens.md explains each. */
export const SCOPES = [
    'customers:write',
    'loyalty:write',
    'hierarchy:write',
    'hierarchy:read',
    'imports:write',
    'imports:read',
    'ops:read',
    'ops:write',
];
export function isScope(word) {
    return SCOPES.includes(word);
}
//# sourceMappingURL=scopes.js.map