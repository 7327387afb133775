import type { Update } from '../../delivery/update.js';

/** The id under which the points of an update are recorded, and the lease under which alone they may be sent. */
export type CreditGuard = Required<Pick<Update, 'creditId' | 'creditLease'>>;

/** The guards of a request's updates, by their positions. */
export type CreditGuards = ReadonlyMap<number, CreditGuard>;

/** Puts the credit of an update under its guard; an update without points needs none. */
export function guardCredit(update: Update, guard: CreditGuard | undefined): Update {
  return update.isSafeToRepeat ? update : { ...update, ...guard };
}
