import type { Credit } from '../../delivery/update.js';

/** The ids under which the points of a request's updates are recorded, and their leases, by the positions of the updates. */
export type CreditGuards = ReadonlyMap<number, Required<Pick<Credit, 'id' | 'lease'>>>;
