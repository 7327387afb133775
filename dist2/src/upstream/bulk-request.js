import { vendorUrl } from './vendor-url.js';
export function measureItem(item) {
    const json = JSON.stringify(item);
    return { item, json, bytes: Buffer.byteLength(json) };
}
/** Builds the bulk update as the vendor gets it, without credentials. Source: docs/vendor-contract.md section 1. */
export function bulkRequest(settings, route, items) {
    const url = vendorUrl(settings, settings.UPSTREAM_BULK_PATH);
    url.searchParams.set('source', route.source);
    if (route.accountId !== undefined)
        url.searchParams.set('accountId', route.accountId);
    return {
        method: 'PUT',
        url: url.href,
        headers: {
            'Content-Type': 'application/json',
            Accept: 'application/json',
            ...(route.attribution && {
                'X-CAP-API-ATTRIBUTION-ENTITY-TYPE': route.attribution.type,
                'X-CAP-API-ATTRIBUTION-ENTITY-CODE': route.attribution.code,
            }),
        },
        body: `[${items.map(({ json }) => json).join(',')}]`,
    };
}
//# sourceMappingURL=bulk-request.js.map