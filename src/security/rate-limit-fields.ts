/** A limit in `RateLimit-Policy`. */
export interface Policy {
  readonly name: string;
  readonly quota: number;
  readonly windowSeconds?: number;
  /** Unset for requests and updates a second. */
  readonly unit?: 'concurrent-requests';
}

/** The remainder of a quota in `RateLimit`. */
export interface QuotaLeft {
  readonly name: string;
  readonly remaining: number;
  /** The time until the whole quota is available again; unset if time does not restore it. */
  readonly resetMs?: number;
}

/** Formats limits, such as `"requests";q=100;w=1, "concurrent";q=8;qu="concurrent-requests"`. */
export function formatPolicies(policies: readonly Policy[]): string {
  return policies
    .map(
      ({ name, quota, windowSeconds, unit }) =>
        `"${name}";q=${quota}` +
        (windowSeconds === undefined ? '' : `;w=${windowSeconds}`) +
        (unit === undefined ? '' : `;qu="${unit}"`),
    )
    .join(', ');
}

/** Formats remaining quotas, such as `"requests";r=99;t=1, "concurrent";r=7`. */
export function formatQuotasLeft(quotas: readonly QuotaLeft[]): string {
  return quotas
    .map(
      ({ name, remaining, resetMs }) =>
        `"${name}";r=${remaining}` + (resetMs === undefined ? '' : `;t=${Math.ceil(resetMs / 1000)}`),
    )
    .join(', ');
}
