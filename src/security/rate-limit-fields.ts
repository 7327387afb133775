/** A limit as `RateLimit-Policy` tells it. */
export interface Policy {
  readonly name: string;
  readonly quota: number;
  readonly windowSeconds?: number;
  /** Unset: requests, of which one may take several. */
  readonly unit?: 'concurrent-requests';
}

/** What of a limit is left, as `RateLimit` tells it. */
export interface Standing {
  readonly name: string;
  readonly remaining: number;
  /** Until the whole quota is there again; unset where no time brings it. */
  readonly resetMs?: number;
}

/** Such as `"requests";q=100;w=1, "concurrent";q=8;qu="concurrent-requests"`. */
export function tellPolicies(policies: readonly Policy[]): string {
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
export function tellStandings(standings: readonly Standing[]): string {
  return standings
    .map(
      ({ name, remaining, resetMs }) =>
        `"${name}";r=${remaining}` + (resetMs === undefined ? '' : `;t=${Math.ceil(resetMs / 1000)}`),
    )
    .join(', ');
}
