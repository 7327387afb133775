import type { AttributionType, Source } from '../config/vendor-enums.js';

/** What all updates of one bulk call must share. Source: docs/vendor-contract.md section 1. */
export interface Route {
  readonly source: Source;
  readonly accountId?: string;
  /** The entity that the call acts for; absent when that is the credentials' own till. */
  readonly attribution?: { readonly type: AttributionType; readonly code: string };
}
