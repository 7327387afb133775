/** The answer to the list of children; nothing in it is promised. Source: docs/vendor-contract.md section 7. */
export interface WireChildrenAnswer {
  entity?: { customers?: unknown; count?: unknown; errors?: unknown; warnings?: unknown } | null;
  errors?: unknown;
  warnings?: unknown;
  success?: unknown;
}
