/** Formats limits, such as `"requests";q=100;w=1, "concurrent";q=8;qu="concurrent-requests"`. */
export function formatPolicies(policies) {
    return policies
        .map(({ name, quota, windowSeconds, unit }) => `"${name}";q=${quota}` +
        (windowSeconds === undefined ? '' : `;w=${windowSeconds}`) +
        (unit === undefined ? '' : `;qu="${unit}"`))
        .join(', ');
}
/** Formats remaining quotas, such as `"requests";r=99;t=1, "concurrent";r=7`. */
export function formatQuotasLeft(quotas) {
    return quotas
        .map(({ name, remaining, resetMs }) => `"${name}";r=${remaining}` + (resetMs === undefined ? '' : `;t=${Math.ceil(resetMs / 1000)}`))
        .join(', ');
}
//# sourceMappingURL=rate-limit-fields.js.map