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
] as const;
export type Scope = (typeof SCOPES)[number];

export function isScope(word: string): word is Scope {
  return (SCOPES as readonly string[]).includes(word);
}
