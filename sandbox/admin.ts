import type { IncomingMessage, ServerResponse } from 'node:http';
import { bareKey } from './customer-store.ts';
import type { Customer } from './customer-store.ts';
import { sendAnswer, sendText } from './deliver.ts';
import { readBody } from './read-body.ts';
import { plantCustomer, seedProblem } from './seed.ts';
import type { SeedCustomer } from './seed.ts';
import { patchSettings } from './settings.ts';
import { freshState } from './state.ts';
import type { Sandbox, SandboxState } from './state.ts';
import type { Answer } from './vendor-call.ts';

export const adminPrefix = '/_sandbox';

interface AdminCall {
  sandbox: Sandbox;
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
  ['GET /state', ({ state }) => ({ status: 200, body: summary(state) })],
  ['GET /customers', listCustomers],
  ['POST /customers', plantCustomers],
  ['GET /journal', ({ state }) => ({ rawJson: state.journal.toJson() })],
  ['DELETE /journal', ({ state }) => (state.journal.clear(), done)],
  ['GET /ledger', ({ state }) => ({ status: 200, body: state.ledger.rows })],
  ['GET /faults', ({ state }) => ({ status: 200, body: state.faults.list() })],
  ['POST /faults', addFaults],
  ['DELETE /faults', ({ state }) => (state.faults.clear(), done)],
  ['GET /settings', ({ state }) => ({ status: 200, body: state.settings })],
  ['PATCH /settings', changeSettings],
  ['POST /tokens/expire', ({ state }) => ({ status: 200, body: { expired: state.tokens.expireAll() } })],
  [
    'POST /reset',
    ({ sandbox }) => {
      sandbox.state = freshState();
      return done;
    },
  ],
]);

export async function answerAdmin(
  sandbox: Sandbox,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const read = await readBody(request);
  if (read.kind === 'gone') return;
  if (read.kind === 'too-large') return sendAnswer(response, mistake('the body is too large', 413));

  const path = url.pathname.slice(adminPrefix.length);
  const fault = /^\/faults\/(\d+)$/.exec(path)?.[1];
  if (fault !== undefined && request.method === 'DELETE') {
    const removed = sandbox.state.faults.remove(fault);
    return sendAnswer(response, removed ? done : mistake(`there is no fault ${fault}`, 404));
  }
  const endpoint = endpoints.get(`${request.method} ${path}`);
  if (!endpoint) return sendAnswer(response, mistake(`there is no ${request.method} ${url.pathname}`, 404));

  const body = readJson(read.bytes);
  if (body === undefined) return sendAnswer(response, mistake('the body must be JSON'));
  const answer = endpoint({ sandbox, state: sandbox.state, query: url.searchParams, body });
  if ('rawJson' in answer) sendText(response, 200, 'application/json;charset=UTF-8', answer.rawJson);
  else sendAnswer(response, answer);
}

function listCustomers({ state, query }: AdminCall): Answer {
  const [type = '', ...value] = (query.get('identifier') ?? '').split(':');
  const wanted = bareKey({ type, value: value.join(':') });
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

function summary(state: SandboxState): object {
  return {
    customers: state.customers.size,
    openCalls: state.journal.openCalls,
    overlaps: state.running.overlaps,
    calls: state.journal.length,
    credits: state.ledger.rows.length,
    creditsTotal: state.ledger.total(),
    faults: state.faults.list().length,
  };
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
