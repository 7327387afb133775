/** A limit, as `RateLimit-Policy` lists it. */
export interface Policy {
  readonly name: string;
  readonly quota: number;
  readonly windowSeconds?: number;
  /** Unset: requests, of which one may take several. */
  readonly unit?: 'concurrent-requests';
}

/** What is left of a quota, as `RateLimit` lists it. */
export interface QuotaLeft {
  readonly name: string;
  readonly remaining: number;
  /** Until the whole quota is there again; unset where time does not restore it. */
  readonly resetMs?: number;
}

/** Such as `"requests";q=100;w=1, "concurrent";q=8;qu="concurrent-requests"`. */
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

/** Such as `"requests";r=99;t=1, "concurrent";r=7`. */
export function formatQuotasLeft(quotas: readonly QuotaLeft[]): string {
  return quotas
    .map(
      ({ name, remaining, resetMs }) =>
        `"${name}";r=${remaining}` + (resetMs === undefined ? '' : `;t=${Math.ceil(resetMs / 1000)}`),
    )
    .join(', ');
}
