import type { Settings } from '../config/settings.js';
import type { Route } from './route.js';
import type { HttpCall } from './vendor-http.js';
import { vendorUrl } from './vendor-url.js';
import type { WireItem } from './wire/bulk-request.wire.js';

/** An update in the vendor's format; opaque outside this folder. */
export type BulkItem = WireItem;

/** An item with its JSON, which is serialized and measured once, however often it is sent. */
export interface MeasuredItem {
  readonly item: BulkItem;
  readonly json: string;
  readonly bytes: number;
}

export function measureItem(item: BulkItem): MeasuredItem {
  const json = JSON.stringify(item);
  return { item, json, bytes: Buffer.byteLength(json) };
}

/** Builds the bulk update as the vendor gets it, without credentials. Source: docs/vendor-contract.md section 1. */
export function bulkRequest(settings: Settings, route: Route, items: readonly MeasuredItem[]): HttpCall {
  const url = vendorUrl(settings, settings.UPSTREAM_BULK_PATH);
  url.searchParams.set('source', route.source);
  if (route.accountId !== undefined) url.searchParams.set('accountId', route.accountId);
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
