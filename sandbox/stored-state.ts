import type { Customer } from './customer-store.ts';
import type { JournalEntry } from './journal.ts';
import type { LedgerRow } from './ledger.ts';
import { newState } from './namespaces.ts';
import type { Namespaces } from './namespaces.ts';
import { patchSettings } from './settings.ts';
import type { Settings } from './settings.ts';
import {
  anything,
  filledText,
  flag,
  integer,
  isObject,
  listOf,
  mapOf,
  oneOf,
  orNull,
  shape,
  text,
} from './shape.ts';
import type { Check } from './shape.ts';
import type { SandboxState } from './state.ts';

/** Changes with the format of the file, so that another version refuses it instead of misreading it. */
const format = 'meniscus-sandbox-1';

interface StoredState {
  settings: Settings;
  customers: Customer[];
  ledger: LedgerRow[];
  journal: (JournalEntry & { body?: unknown })[];
  isJournalComplete: boolean;
}

const time: Check = (value, path) =>
  typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? null : `${path} must be a time`;
const identifiers = listOf(
  (value, path) =>
    shape({ type: filledText, value: filledText }, ['type', 'value'])(identifierOf(value), path),
  1,
);

const customer = shape(
  {
    id: integer(1),
    source: filledText,
    accountId: orNull(filledText),
    identifiers,
    firstName: text,
    lastName: text,
    loyaltyType: oneOf('loyalty', 'non_loyalty'),
    commChannels: listOf(anything),
    fields: mapOf(anything),
    extendedFields: mapOf(anything),
    referralCode: text,
    createDate: orNull(text),
    associatedWith: orNull(text),
    fraud: flag,
    enrollments: listOf(mapOf(anything)),
    association: orNull(mapOf(anything)),
    createdOn: time,
    lastUpdatedOn: time,
  },
  ['id', 'source', 'accountId', 'identifiers', 'loyaltyType', 'createdOn', 'lastUpdatedOn'],
);

const ledgerRow = shape(
  {
    callId: text,
    at: text,
    source: text,
    accountId: orNull(text),
    customerId: integer(1),
    identifiers: listOf(anything),
    programId: integer(1),
    points: integer(0),
  },
  ['callId', 'customerId', 'points'],
);

const journalEntry: Check = (value, path) =>
  isObject(value)
    ? shape({ seq: integer(1), id: filledText, kind: oneOf('bulk', 'token', 'children') }, [
        'seq',
        'id',
        'kind',
      ])({ seq: value['seq'], id: value['id'], kind: value['kind'] }, path)
    : `${path} must be an object`;

const storedState = shape(
  {
    settings: mapOf(anything),
    customers: listOf(customer),
    ledger: listOf(ledgerRow),
    journal: listOf(journalEntry),
    isJournalComplete: flag,
  },
  ['settings', 'customers', 'ledger', 'journal', 'isJournalComplete'],
);

const storedFile = shape({ format: oneOf(format), namespaces: mapOf(storedState) }, ['format', 'namespaces']);

/** Writes the state of all namespaces as JSON, with one line for each customer, credit and call. */
export function writeStates(namespaces: Namespaces): string {
  const written = namespaces.states().map(([name, state]) => `${JSON.stringify(name)}: ${writeState(state)}`);
  return `{"format": "${format}",\n"namespaces": {\n${written.join(',\n')}\n}}\n`;
}

/** Restores what `writeStates` wrote. @returns the mistake in the text, or null */
export function readStates(json: string, namespaces: Namespaces): string | null {
  const file = parse(json);
  const problem = file === undefined ? 'it is not JSON' : storedFile(file, '');
  if (problem !== null) return problem;
  for (const [name, stored] of Object.entries(
    (file as { namespaces: Record<string, StoredState> }).namespaces,
  )) {
    const state = newState(name);
    const mistake = patchSettings(state.settings, stored.settings);
    if (mistake !== null) return `settings: ${mistake}`;
    restore(state, stored);
    namespaces.put(name, state);
  }
  return null;
}

function writeState({ settings, customers, ledger, journal }: SandboxState): string {
  return `{
"settings": ${JSON.stringify(settings)},
"customers": ${lines(customers.all())},
"ledger": ${lines(ledger.rows)},
"journal": ${journal.toJson(journal.entries)},
"isJournalComplete": ${journal.isComplete}}`;
}

function lines(values: readonly unknown[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(',\n')}]`;
}

function restore(state: SandboxState, stored: StoredState): void {
  state.customers.clear();
  for (const one of stored.customers)
    state.customers.restore({
      ...one,
      createdOn: new Date(one.createdOn),
      lastUpdatedOn: new Date(one.lastUpdatedOn),
    });
  for (const row of stored.ledger) state.ledger.credit(row);
  const nowMs = Date.now();
  for (const { body, ...entry } of stored.journal) {
    // A call that was open then has no connection any more.
    const closed = { ...entry, closedAt: entry.closedAt ?? nowMs };
    const bodyText = body === undefined ? undefined : writeBody(body);
    state.journal.restore(closed, bodyText ?? undefined);
    if (bodyText === null) state.journal.markIncomplete();
  }
  if (!stored.isJournalComplete) state.journal.markIncomplete();
}

/** @returns null for a body that is too deep to be written again */
function writeBody(body: unknown): string | null {
  try {
    return JSON.stringify(body);
  } catch {
    return null;
  }
}

/** Leaves out what only cards have. */
function identifierOf(value: unknown): unknown {
  return isObject(value) ? { type: value['type'], value: value['value'] } : value;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
}
