import type { Update, UpdatePart } from '../delivery/update.js';
import type { Mistake } from '../problems/problem.js';
import { pointerTo } from '../validation/json-body.js';
import type { Scope } from './scopes.js';

/** The scope that a request for this part alone needs. */
const SCOPE_OF_PART: Readonly<Record<UpdatePart, Scope>> = {
  profile: 'customers:write',
  programs: 'loyalty:write',
  association: 'hierarchy:write',
};

/**
 * Finds the parts of an update that need scopes which the caller lacks. Updates without parts need none but the scope of
 * their endpoint.
 *
 * @param pointer where the update is in the body
 */
export function checkScopes({ parts }: Update, scopes: ReadonlySet<Scope>, pointer = ''): Mistake[] {
  if (parts === undefined) return []; // the usual case, without pointers
  return parts.flatMap((part): Mistake[] => {
    const scope = SCOPE_OF_PART[part];
    if (scopes.has(scope)) return [];
    const at = part === 'profile' ? pointer : pointerTo(pointer, part); // the profile has no property of its own
    return [{ pointer: at, code: 'not-allowed', message: `the part ${part} needs the scope ${scope}` }];
  });
}
