import { customerKey } from '../../src/delivery/customer-key.js';
import { laneKey } from '../../src/delivery/queue/lane.js';
import { PendingUpdate, type Priority } from '../../src/delivery/queue/pending-update.js';
import type { Update } from '../../src/delivery/update.js';
import { measureItem } from '../../src/upstream/bulk-request.js';

interface Differences {
  /** The external id of its customer. */
  readonly customer?: string;
  readonly parent?: string;
  readonly accountId?: string;
  readonly priority?: Priority;
  readonly sequence?: number;
  readonly deadlineAt?: number;
  /** How many characters are added to the item. */
  readonly padding?: number;
  readonly gone?: AbortSignal;
}

const NEVER = new AbortController().signal;

const key = (value: string) => customerKey({ type: 'externalId', value });

/** Builds an update that was submitted at 0 ms; a test names only what matters to it. */
export function aPendingUpdate({
  customer = 'a',
  parent,
  accountId,
  priority = 'interactive',
  sequence = 0,
  deadlineAt = 10_000,
  padding = 0,
  gone = NEVER,
}: Differences = {}): PendingUpdate {
  const update: Update = {
    route: { source: 'INSTORE', ...(accountId !== undefined && { accountId }) },
    kind: 'customer',
    item: {
      profiles: [{ firstName: 'x'.repeat(padding), identifiers: [], source: 'INSTORE' }],
      loyaltyInfo: { loyaltyType: 'loyalty' },
    },
    customer: [key(customer)],
    children: [],
    parent: parent === undefined ? [] : [key(parent)],
    doubts: [],
  };
  return new PendingUpdate(update, {
    laneKey: laneKey(update),
    item: measureItem(update.item),
    priority,
    submittedAt: 0,
    deadlineAt,
    gone,
    stop: NEVER,
    sequence,
  });
}
