function range(from, to) {
    return Array.from({ length: to - from + 1 }, (_, step) => from + step);
}
function row(codes, codeClass, status, type, meaning) {
    return { codes, class: codeClass, status, type, meaning };
}
/**
 * One row per line of docs/vendor-contract.md section 4, in its order; below them the codes of section 3 that are about
 * a whole call.
 */
export const CODE_CATALOG = [
    row([8015, 8009, 816, 1011, 1012, 8065], 'rejected', 404, 'customer-not-found', 'customer not found in this source'),
    row([8013, 1015, 1042, 1104], 'rejected', 422, 'identifier-invalid', 'identifier invalid or missing'),
    row([8056, 8058, 1001], 'rejected', 422, 'mobile-invalid', 'invalid mobile'),
    row([8055, 8057, 1002], 'rejected', 422, 'email-invalid', 'invalid e-mail address'),
    row([8010, 1101], 'rejected', 422, 'channel-invalid', 'invalid communication channel'),
    row([8011, 8045, 8054, 3217], 'rejected', 422, 'source-account-invalid', 'source account invalid or missing'),
    row([8007, 8008, 8053, 8066, 1014, 1016, 1032, 1033, 91007], 'rejected', 409, 'identifier-taken', 'identifier belongs to another customer, or exists already'),
    row([8050, 8051, 8067], 'side-action', 409, 'customers-merged', 'found in another source, merging'),
    row([1046, 8018], 'rejected', 409, 'loyalty-downgrade', 'loyalty to non-loyalty is not allowed'),
    row([1013, 1020, 1023, 8089], 'rejected', 422, 'enrollment-refused', 'not in the loyalty program, or enrollment failed'),
    row([1010, ...range(1086, 1098), 19223], 'ambiguous', 504, 'points-in-doubt', 'points processing failed'),
    row([1213], 'rejected', 422, 'program-invalid', 'invalid programId'),
    row([1017, 1018, 91015], 'rejected', 422, 'field-invalid', 'custom or extended field invalid, or too long'),
    row([1034, ...range(1214, 1217)], 'rejected', 422, 'date-invalid', 'a date is out of range or in a wrong format'),
    row([618], 'rejected', 403, 'customer-blocked', 'customer is marked as fraud'),
    row([521], 'not-processed', 503, 'customer-busy', 'several actions are running for the same customer'),
    row([461], 'not-processed', 503, 'upstream-busy', 'search engine busy'),
    row([500, 10002, 1024], 'update-failed', 502, 'update-failed', 'internal failure, update failed'),
    row([1605, 1618], 'rejected', 409, 'too-many-children', 'maximum number of children of a role exceeded'),
    row([1607, 1615, 1617], 'rejected', 422, 'role-invalid', 'role or child role invalid, or does not fit the hierarchy'),
    row([1608, 1709, 1710], 'rejected', 409, 'hierarchy-cycle', 'cyclic hierarchy'),
    row([1609, 1613, 1616, 1701], 'rejected', 422, 'hierarchy-invalid', 'hierarchy code invalid or unknown'),
    row([1610, 1705], 'rejected', 409, 'hierarchy-inactive', 'hierarchy or company is inactive'),
    row([1621], 'rejected', 404, 'customer-not-found', 'user does not exist'),
    row([1622], 'rejected', 409, 'company-mismatch', 'users do not belong to the same company'),
    row([1625], 'rejected', 409, 'parent-not-mapped', 'parent is not mapped in the hierarchy'),
    row([1626, 1627, 1628], 'rejected', 409, 'hierarchy-conflict', 'customer is mapped to another hierarchy; role or company cannot be changed'),
    row([1648], 'rejected', 409, 'hierarchy-conflict', 'several default children for one parent'),
    row([1703, 1704, 1707, 1708], 'rejected', 422, 'company-invalid', 'company unknown or its id missing'),
    row([1711], 'rejected', 409, 'hierarchy-refused', 'hierarchy update is not allowed'),
    row([...range(91002, 91006), ...range(91011, 91014)], 'side-action', 422, 'side-action-failed', 'side actions failed'),
    row([91020, 91021], 'rejected', 422, 'till-invalid', 'till invalid (registration, attribution)'),
    row([1061, 1062, 1064], 'rejected', 422, 'attribution-invalid', 'attribution or organization invalid'),
    row([400, 403, 404, 405, 413, 415, 1060], 'rejected', 422, 'update-refused', 'the call was refused as a whole'),
    row([429, 503, 4001], 'not-processed', 503, 'upstream-busy', 'the vendor asks to try again later'),
];
const byCode = new Map(CODE_CATALOG.flatMap((entry) => entry.codes.map((code) => [code, entry])));
/** An unknown code is a verdict all the same: sent again, the update would fail again. */
const UNKNOWN_CODE = row([], 'rejected', 422, 'update-refused', 'refused for a reason that is unknown to us');
export function lookUpCode(code) {
    return byCode.get(code) ?? UNKNOWN_CODE;
}
export function isKnownCode(code) {
    return byCode.has(code);
}
//# sourceMappingURL=code-catalog.js.map