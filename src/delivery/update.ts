import type { CreditLease } from '../records/credits.repository.js';
import type { BulkItem } from '../upstream/bulk-request.js';
import type { Route } from '../upstream/route.js';
import type { CustomerKey } from './customer-key.js';

export type { Route } from '../upstream/route.js';

/** A program that an update enrolls in, and the points that it credits there. */
export interface Enrollment {
  readonly programId: number;
  readonly points: number;
}

/** What one caller wants to change for one customer. */
export interface Update {
  readonly route: Route;
  /**
   * The bounds of a call depend on it: an old page of the vendor says that batches are for customers, not associations.
   */
  readonly kind: 'customer' | 'association';
  /** The update in the vendor's format; opaque here. */
  readonly item: BulkItem;
  /** The identifiers of its customer, which results are matched by. */
  readonly customer: readonly CustomerKey[];
  /** The identifiers of each child, in the order sent. */
  readonly children: readonly (readonly CustomerKey[])[];
  /** The identifiers of its parent. */
  readonly parent: readonly CustomerKey[];
  /**
   * Whether sending it twice has the effect of sending it once; an update that credits points is not safe to repeat.
   */
  readonly isSafeToRepeat: boolean;
  /** How many points it credits in all; absent when it credits none. */
  readonly points?: number;
  /** The programs that it enrolls in, in the order sent; absent when there are none. */
  readonly enrollments?: readonly Enrollment[];
  /**
   * The id under which its credit is recorded, when a later request will ask for it; otherwise that is the update's own
   * id.
   */
  readonly creditId?: string;
  /** The lease that its points need in order to leave, when a record or a chunk guards them. */
  readonly creditLease?: CreditLease;
  /** The same update without its points, which is safe to repeat; absent when it has no points. */
  readonly itemWithoutPoints?: BulkItem;
  /** What the vendor may not do as asked; dry runs report it. */
  readonly doubts: readonly string[];
}

/** The keys that no other update may touch while this one is in flight: its customer's and its children's. */
export function ownedKeys(update: Update): CustomerKey[] {
  return [...update.customer, ...update.children.flat()];
}
