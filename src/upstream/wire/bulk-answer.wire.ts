/**
 * What the vendor's answers may contain. Nothing here is promised: every property may be absent, null or of another
 * type, so a reader checks before it believes. Source: docs/vendor-contract.md section 3 and test/samples/.
 */
export interface WireMessage {
  status?: unknown;
  code?: unknown;
  message?: unknown;
}

/** A customer in the vendor's answer, bare (PUT). */
export interface WireCustomer {
  id?: unknown;
  profiles?: unknown;
  associationDetails?: unknown;
  errors?: unknown;
  warnings?: unknown;
}

/** The other form, seen for POST of the same resource. */
export interface WireEntityResult {
  entity?: unknown;
  childEntities?: unknown;
  childFailureCount?: unknown;
  errors?: unknown;
  warnings?: unknown;
}
