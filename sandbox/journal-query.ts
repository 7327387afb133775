import { bareKey } from './customer-store.ts';
import type { Customer } from './customer-store.ts';
import type { CallKind } from './faults.ts';
import { identifiersIn, ownIdentifiersIn } from './item-identifiers.ts';
import type { JournalEntry } from './journal.ts';
import type { SandboxState } from './state.ts';

/** Which calls of the journal are asked for. Without any property, all of them are. */
export interface JournalFilter {
  kind?: CallKind;
  /** The calls that name this customer by any of its identifiers, written as `mobile:919900000001`. */
  customer?: string;
  source?: string;
  accountId?: string;
  /** The `X-CAP-REQUEST-ID` of the answer, or the `X-Request-Id` of the call. */
  requestId?: string;
  /** The status that was answered; `none` while a call is open, and where the connection ended without one. */
  status?: number | 'none';
}

/** How often calls of a journal updated one customer, as itself or as a child. */
export interface UpdatesOfCustomer {
  /** Items about the customer that were sent. */
  sent: number;
  /** Those that were applied. */
  applied: number;
  /** Credits of points by these calls, and their sum. */
  credits: number;
  points: number;
  /** The ids of the calls. */
  calls: string[];
  /** False when calls or bodies were dropped from the journal, which may have been about the customer. */
  complete: boolean;
}

export interface JournalCounts {
  calls: number;
  byKind: Record<CallKind, number>;
  /** By the status of the answer, such as `{ "200": 3, "none": 1 }`. */
  byStatus: Record<string, number>;
  items: number;
  applied: number;
  complete: boolean;
}

const parameters = ['kind', 'customer', 'source', 'accountId', 'requestId', 'status'];

/** @returns the mistake, or the filter */
export function readFilter(query: URLSearchParams, others: readonly string[] = []): JournalFilter | string {
  const allowed = [...parameters, ...others];
  const unknown = [...query.keys()].find((name) => !allowed.includes(name));
  if (unknown !== undefined) return `${unknown} is an unknown parameter; there are ${allowed.join(', ')}`;
  const { kind, status, ...texts } = Object.fromEntries(query) as Record<string, string | undefined>;
  if (kind !== undefined && !['bulk', 'token', 'children'].includes(kind))
    return 'kind must be one of bulk, token, children';
  if (status !== undefined && !/^([2-5]\d\d|none)$/.test(status))
    return 'status must be a status, such as 200, or none';
  if (texts['customer'] !== undefined && !/^[^:]+:./s.test(texts['customer']))
    return 'customer must be a type and a value, such as mobile:919900000001';
  const chosen = Object.fromEntries(Object.entries(texts).filter(([name]) => parameters.includes(name)));
  return {
    ...chosen,
    ...(kind === undefined ? {} : { kind: kind as CallKind }),
    ...(status === undefined ? {} : { status: status === 'none' ? 'none' : Number(status) }),
  };
}

/** Finds calls of the journal, oldest first. */
export function findCalls(state: SandboxState, filter: JournalFilter): JournalEntry[] {
  const isAboutCustomer = matchCustomer(state, filter);
  return state.journal.entries.filter(
    (entry) =>
      (filter.kind === undefined || entry.kind === filter.kind) &&
      (filter.source === undefined || entry.query['source'] === filter.source) &&
      (filter.accountId === undefined || entry.query['accountId'] === filter.accountId) &&
      (filter.requestId === undefined || [entry.id, entry.requestId].includes(filter.requestId)) &&
      (filter.status === undefined || (entry.answeredStatus ?? 'none') === filter.status) &&
      isAboutCustomer(entry),
  );
}

export function countCalls(state: SandboxState, filter: JournalFilter): JournalCounts {
  const counts: JournalCounts = {
    calls: 0,
    byKind: { bulk: 0, token: 0, children: 0 },
    byStatus: {},
    items: 0,
    applied: 0,
    complete: state.journal.isComplete,
  };
  for (const { kind, answeredStatus, itemCount, applied } of findCalls(state, filter)) {
    const status = String(answeredStatus ?? 'none');
    counts.calls += 1;
    counts.byKind[kind] += 1;
    counts.byStatus[status] = (counts.byStatus[status] ?? 0) + 1;
    counts.items += itemCount ?? 0;
    counts.applied += applied.length;
  }
  return counts;
}

/** Answers "was this customer updated once?". */
export function countUpdates(
  state: SandboxState,
  filter: JournalFilter & { customer: string },
): UpdatesOfCustomer {
  const { keys, customers } = resolveCustomer(state, filter);
  const ids = new Set(customers.map(({ id }) => id));
  const updates: UpdatesOfCustomer = {
    sent: 0,
    applied: 0,
    credits: 0,
    points: 0,
    calls: [],
    complete: state.journal.isComplete,
  };
  for (const entry of findCalls(state, { ...filter, kind: 'bulk' })) {
    const indexes = itemsIn(state, entry).flatMap((item, index) =>
      hasOneOf(ownIdentifiersIn(item), keys) ? [index] : [],
    );
    if (indexes.length === 0) continue;
    updates.sent += indexes.length;
    updates.applied += indexes.filter((index) => entry.applied.includes(index)).length;
    updates.calls.push(entry.id);
  }
  const calls = new Set(updates.calls);
  for (const { callId, customerId, points } of state.ledger.rows) {
    if (!calls.has(callId) || !ids.has(customerId)) continue;
    updates.credits += 1;
    updates.points += points;
  }
  return updates;
}

function matchCustomer(state: SandboxState, filter: JournalFilter): (entry: JournalEntry) => boolean {
  const { customer } = filter;
  if (customer === undefined) return () => true;
  const { keys } = resolveCustomer(state, { ...filter, customer });
  return (entry) => {
    if (entry.kind === 'token') return false;
    const named = entry.kind === 'bulk' ? identifiersIn(itemsIn(state, entry)) : parentIn(entry);
    return hasOneOf(named, keys);
  };
}

/** Finds the other identifiers of a customer too: an update may use another one than the question. */
function resolveCustomer(
  state: SandboxState,
  { customer, source, accountId }: JournalFilter & { customer: string },
): { keys: Set<string>; customers: Customer[] } {
  const key = parseKey(customer);
  const customers = state.customers
    .all()
    .filter(
      (one) =>
        (source === undefined || one.source === source) &&
        (accountId === undefined || one.accountId === accountId) &&
        one.identifiers.some((identifier) => bareKey(identifier) === key),
    );
  return {
    keys: new Set([key, ...customers.flatMap(({ identifiers }) => identifiers.map(bareKey))]),
    customers,
  };
}

/** Reads `mobile:919900000001`; the value may contain a colon. */
export function parseKey(written: string): string {
  const [type = '', ...value] = written.split(':');
  return bareKey({ type, value: value.join(':') });
}

function hasOneOf(keys: ReadonlySet<string>, wanted: ReadonlySet<string>): boolean {
  return [...wanted].some((key) => keys.has(key));
}

function parentIn({ query }: JournalEntry): Set<string> {
  const type = query['associationEntityIdentifierType'] ?? '';
  const value = query['associationEntityIdentifierValue'] ?? '';
  return new Set([bareKey({ type, value })]);
}

function itemsIn(state: SandboxState, entry: JournalEntry): unknown[] {
  const text = state.journal.bodyText(entry);
  const body: unknown = text === undefined ? [] : JSON.parse(text);
  return Array.isArray(body) ? body : [];
}
