import type { CreditLease } from '../records/credits.repository.js';
import type { BulkItem } from '../upstream/bulk-request.js';
import type { UpdatePart } from '../upstream/code-subject.js';
import type { Route } from '../upstream/route.js';
import type { CustomerKey } from './customer-key.js';

export { UPDATE_PARTS, type UpdatePart } from '../upstream/code-subject.js';
export type { Route } from '../upstream/route.js';

/** The points that an update credits. An update without a credit has the effect of once when it is sent twice. */
export interface Credit {
  /** All points. */
  readonly points: number;
  /** The points of each program, in the order of `programIds`. */
  readonly perProgram: readonly number[];
  /** The same update without its points, which is safe to repeat. */
  readonly itemWithoutPoints: BulkItem;
  /** The id under which it is recorded, when a later request will ask for it; otherwise that is the update's own id. */
  readonly id?: string;
  /** The lease that its points need in order to leave, when a record or a chunk guards them. */
  readonly lease?: CreditLease;
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
  /** The programs that it enrolls in, in the order sent; absent when there are none. */
  readonly programIds?: readonly number[];
  /** Absent when it credits no points. */
  readonly credit?: Credit;
  /** What it is composed of, where callers may combine parts in one update; absent for all others. */
  readonly parts?: readonly UpdatePart[];
  /** What the vendor may not do as asked; dry runs report it. */
  readonly doubts: readonly string[];
}

/** The keys that no other update may touch while this one is in flight: its customer's and its children's. */
export function ownedKeys(update: Update): CustomerKey[] {
  return [...update.customer, ...update.children.flat()];
}

/** Whether sending an update twice has the effect of sending it once. */
export function isSafeToRepeat({ credit }: Update): boolean {
  return credit === undefined;
}

/** Puts the credit of an update, if it has one, under an id and a lease. */
export function guardCredit(update: Update, guard: Pick<Credit, 'id' | 'lease'> | undefined): Update {
  return update.credit && guard ? { ...update, credit: { ...update.credit, ...guard } } : update;
}
