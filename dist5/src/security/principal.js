import { createHash } from 'node:crypto';
/** Returns the authenticated caller of an endpoint that is not public. */
export function callerOf({ principal }) {
    if (!principal)
        throw new Error('a public endpoint has no authenticated caller');
    return principal;
}
/** Returns the id of an owner of stored data. It contains the kind, because an API key may have the name of a JWT. */
export function principalId({ kind, name }) {
    return `${kind}:${name}`;
}
/** Returns the id for logs. The subject of a JWT is hashed, because it may be an e-mail address. */
export function logNameOf(id) {
    return id.startsWith('jwt:') ? `jwt:${createHash('sha256').update(id).digest('hex').slice(0, 16)}` : id;
}
export function callerId(request) {
    return principalId(callerOf(request));
}
//# sourceMappingURL=principal.js.map