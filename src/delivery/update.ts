import type { CreditLease } from '../records/credits.repository.js';
import type { BulkItem } from '../upstream/bulk-request.js';
import type { Route } from '../upstream/route.js';
import type { CustomerKey } from './customer-key.js';

export type { Route } from '../upstream/route.js';

/** A programme that an update enrols in, and the points that it credits there. */
export interface Enrollment {
  readonly programId: number;
  readonly points: number;
}

/** What one caller wants changed for one customer. */
export interface Update {
  readonly route: Route;
  /** What the bounds on a call go by: an old page of the vendor says that batches are for customers, not associations. */
  readonly kind: 'customer' | 'association';
  /** The update as the vendor spells it; opaque here. */
  readonly item: BulkItem;
  /** The identifiers of its customer: what an answer is matched by. */
  readonly customer: readonly CustomerKey[];
  /** For each child in the order sent, its identifiers. */
  readonly children: readonly (readonly CustomerKey[])[];
  /** The identifiers of its parent. */
  readonly parent: readonly CustomerKey[];
  /** Whether sending it twice has the effect of once; one that credits points does not. */
  readonly isSafeToRepeat: boolean;
  /** How many points it credits in all; absent where none. */
  readonly points?: number;
  /** What it enrols in, in the order sent; absent where in nothing. */
  readonly enrollments?: readonly Enrollment[];
  /** Under which id its credit is noted, where somebody will ask for it; else under that of the update. */
  readonly creditId?: string;
  /** The lease under which alone its points may leave, where a record or a chunk guards them. */
  readonly creditLease?: CreditLease;
  /** Where it credits points: the same without them, which is safe to repeat. */
  readonly itemWithoutPoints?: BulkItem;
  /** What its translation is not sure that the vendor will do; told by dry runs. */
  readonly doubts: readonly string[];
}

/** The keys that nobody else may touch while this update flies: its customer's and its children's. */
export function ownedKeys(update: Update): CustomerKey[] {
  return [...update.customer, ...update.children.flat()];
}
