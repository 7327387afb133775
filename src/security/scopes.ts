/** What a principal may be allowed to do. Source: DESIGN, section "Trust". */
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
