import { createHash } from 'node:crypto';
export function pathOf({ url }) {
    return url.split('?', 1)[0] ?? '';
}
/**
 * JSON with sorted names, so that the order in which a client writes them does not matter. Only our own instances compare
 * it, which is why it need not be RFC 8785; V8 writes a number or a string in one way only.
 */
export function canonicalJson(value) {
    return JSON.stringify(value, (_name, inner) => typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).toSorted(([one], [other]) => (one < other ? -1 : 1)))
        : inner);
}
/** @returns 32 bytes that two requests share only where they ask for the same */
export function fingerprintRequest({ method, path, query, body }) {
    const { dryRun: _ignored, ...asked } = query; // a dry run has no key
    return createHash('sha256')
        .update(canonicalJson([method, path, asked, body]))
        .digest();
}
//# sourceMappingURL=request-fingerprint.js.map