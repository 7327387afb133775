import type { IncomingMessage, ServerResponse } from 'node:http';
import { bareKey } from './customer-store.ts';
import type { Customer } from './customer-store.ts';
import { sendAnswer, sendText } from './deliver.ts';
import { countCalls, countUpdates, findCalls, parseKey, readFilter } from './journal-query.ts';
import type { JournalEntry } from './journal.ts';
import { readBody } from './read-body.ts';
import { plantCustomer, seedProblem } from './seed.ts';
import type { SeedCustomer } from './seed.ts';
import { patchSettings } from './settings.ts';
import type { Namespaces } from './namespaces.ts';
import { summarize } from './state-summary.ts';
import type { SandboxState } from './state.ts';
import type { Answer } from './vendor-call.ts';

export const adminPrefix = '/_sandbox';

/** The most calls of one page of the journal. */
const mostOfPage = 1000;

interface AdminCall {
  namespaces: Namespaces;
  /** The name of the namespace that is called. */
  name: string;
  state: SandboxState;
  query: URLSearchParams;
  body: unknown;
}

/** A body that is already JSON text. */
interface RawAnswer {
  rawJson: string;
}

const done = { status: 200, body: { ok: true } };

const endpoints = new Map<string, (call: AdminCall) => Answer | RawAnswer>([
  ['GET /health', () => ({ status: 200, body: { status: 'ok' } })],
  ['GET /state', ({ state }) => ({ status: 200, body: summarize(state) })],
  ['GET /customers', listCustomers],
  ['POST /customers', plantCustomers],
  ['GET /journal', listJournal],
  ['GET /journal/page', pageJournal],
  ['GET /journal/counts', countJournal],
  ['GET /journal/updates', countUpdatesOfCustomer],
  ['DELETE /journal', ({ state }) => (state.journal.clear(), done)],
  ['GET /ledger', ({ state }) => ({ status: 200, body: state.ledger.rows })],
  ['GET /faults', ({ state }) => ({ status: 200, body: state.faults.list() })],
  ['POST /faults', addFaults],
  ['DELETE /faults', ({ state }) => (state.faults.clear(), done)],
  ['GET /settings', ({ state }) => ({ status: 200, body: state.settings })],
  ['PATCH /settings', changeSettings],
  ['POST /tokens/expire', ({ state }) => ({ status: 200, body: { expired: state.tokens.expireAll() } })],
  ['POST /reset', ({ namespaces, name }) => (namespaces.reset(name), done)],
  ['GET /namespaces', ({ namespaces }) => ({ status: 200, body: namespaces.list() })],
]);

export async function answerAdmin(
  namespaces: Namespaces,
  { name, state, url }: { name: string; state: SandboxState; url: URL },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const read = await readBody(request);
  if (read.kind === 'gone') return;
  if (read.kind === 'too-large') return sendAnswer(response, mistake('the body is too large', 413));

  const path = url.pathname.slice(adminPrefix.length);
  const removed = request.method === 'DELETE' ? removeOne(namespaces, state, path) : null;
  if (removed) return sendAnswer(response, removed);
  const endpoint = endpoints.get(`${request.method} ${path}`);
  if (!endpoint) return sendAnswer(response, mistake(`there is no ${request.method} ${url.pathname}`, 404));

  const body = readJson(read.bytes);
  if (body === undefined) return sendAnswer(response, mistake('the body must be JSON'));
  const answer = endpoint({ namespaces, name, state, query: url.searchParams, body });
  if ('rawJson' in answer) sendText(response, 200, 'application/json;charset=UTF-8', answer.rawJson);
  else sendAnswer(response, answer);
}

/** Removes one fault or one namespace. @returns null when the path names neither */
function removeOne(namespaces: Namespaces, state: SandboxState, path: string): Answer | null {
  const [, list = '', one = ''] = /^\/(faults|namespaces)\/([\w.-]+)$/.exec(path) ?? [];
  if (list === '') return null;
  const removed = list === 'faults' ? state.faults.remove(one) : namespaces.remove(one);
  return removed ? done : mistake(`there is no ${list.slice(0, -1)} ${one}`, 404);
}

function listCustomers({ state, query }: AdminCall): Answer {
  const wanted = parseKey(query.get('identifier') ?? '');
  const customers = state.customers
    .all()
    .filter(
      ({ source, accountId, identifiers }) =>
        (!query.has('source') || source === query.get('source')) &&
        (!query.has('accountId') || accountId === query.get('accountId')) &&
        (!query.has('identifier') || identifiers.some((identifier) => bareKey(identifier) === wanted)),
    );
  return { status: 200, body: customers.map((customer) => toCustomerJson(customer, state)) };
}

function listJournal({ state, query }: AdminCall): Answer | RawAnswer {
  const filter = readFilter(query);
  if (typeof filter === 'string') return mistake(filter);
  return { rawJson: state.journal.toJson(findCalls(state, filter)) };
}

/** A page of what matches: `after` is the `seq` of the last call of the page before it. */
function pageJournal({ state, query }: AdminCall): Answer | RawAnswer {
  const filter = readFilter(query, ['after', 'limit']);
  if (typeof filter === 'string') return mistake(filter);
  const [after, limit] = [Number(query.get('after') ?? 0), Number(query.get('limit') ?? 100)];
  if (!Number.isSafeInteger(after) || after < 0) return mistake('after must be the seq of a call');
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > mostOfPage)
    return mistake(`limit must be an integer from 1 to ${mostOfPage}`);
  const found = findCalls(state, filter);
  const following = found.filter(({ seq }) => seq > after);
  const page: JournalEntry[] = following.slice(0, limit);
  const next = following.length > limit ? (page.at(-1)?.seq ?? null) : null;
  const calls = state.journal.toJson(page);
  return { rawJson: `{"total":${found.length},"next":${next},"calls":${calls}}` };
}

function countJournal({ state, query }: AdminCall): Answer {
  const filter = readFilter(query);
  return typeof filter === 'string' ? mistake(filter) : { status: 200, body: countCalls(state, filter) };
}

function countUpdatesOfCustomer({ state, query }: AdminCall): Answer {
  const filter = readFilter(query);
  if (typeof filter === 'string') return mistake(filter);
  const { customer } = filter;
  if (customer === undefined) return mistake('customer is missing, such as mobile:919900000001');
  return { status: 200, body: countUpdates(state, { ...filter, customer }) };
}

function plantCustomers({ state, body }: AdminCall): Answer {
  const seeds: unknown[] = Array.isArray(body) ? body : [body];
  for (const [index, seed] of seeds.entries()) {
    const problem = seedProblem(seed, Array.isArray(body) ? `[${index}]` : '');
    if (problem !== null) return mistake(problem);
  }
  const ids = seeds.map((seed) => plantCustomer(state.customers, seed as SeedCustomer));
  const planted = ids.map((id) => state.customers.byId(id)).filter((customer) => customer !== undefined);
  return { status: 201, body: planted.map((customer) => toCustomerJson(customer, state)) };
}

function addFaults({ state, body }: AdminCall): Answer {
  const added = state.faults.add(body);
  return typeof added === 'string' ? mistake(added) : { status: 201, body: added };
}

function changeSettings({ state, body }: AdminCall): Answer {
  const problem = patchSettings(state.settings, body);
  return problem === null ? { status: 200, body: state.settings } : mistake(problem);
}

function toCustomerJson(customer: Customer, state: SandboxState): object {
  return { ...customer, childIds: state.customers.childrenOf(customer.id).map(({ id }) => id) };
}

function mistake(error: string, status = 400): Answer {
  return { status, body: { error } };
}

/** @returns null for no body, undefined for a body that is not JSON */
function readJson(bytes: Buffer): unknown {
  if (bytes.length === 0) return null;
  try {
    return JSON.parse(bytes.toString()) as unknown;
  } catch {
    return undefined;
  }
}
