import { callerId, callerOf } from './principal.js';
/** @returns the owner that the request's access is restricted to; undefined if it may access the objects of all owners */
export function ownerFilter(request, scope) {
    return callerOf(request).scopes.has(scope) ? undefined : callerId(request);
}
/** Authorizes access to one object (object-level authorization). Without an owner it requires the scope. */
export function mayAccess(request, owner, scope) {
    const only = ownerFilter(request, scope);
    return only === undefined || only === owner;
}
//# sourceMappingURL=ownership.js.map