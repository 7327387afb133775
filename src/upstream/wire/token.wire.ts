/** The answer of the token call. Source: docs/vendor-contract.md section 5. */
export interface WireTokenAnswer {
  data?: { accessToken?: unknown; ttlSeconds?: unknown } | null;
  errors?: unknown;
}
