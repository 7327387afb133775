import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { answerAdmin, adminPrefix } from './admin.ts';
import { answerVendorCall, requestIdHeader } from './answer-call.ts';
import { sendAnswer } from './deliver.ts';
import type { CallKind } from './faults.ts';
import { refusal, refusalBody } from './issues.ts';
import { defaultNamespace, isNamespaceName, mostNamespaces } from './namespaces.ts';
import type { Namespaces } from './namespaces.ts';
import type { Credentials } from './state.ts';

/** A call keeps the state that it began with: a call that is open during a reset does not change the new state. */
export interface Sandbox {
  readonly namespaces: Namespaces;
  readonly credentials: Credentials;
  /** Called after every request that may have changed a state. */
  readonly onChange: () => void;
}

/** Names the namespace of a call, for clients that cannot have a path of their own. */
const namespaceHeader = 'x-sandbox-namespace';

/** Path -> method -> vendor call. The vendor's older manual has the second path of the bulk call. */
const endpoints = new Map<string, Map<string, CallKind>>([
  ['/v3/oauth/token/generate', new Map([['POST', 'token']])],
  ['/v2/bulk', new Map([['PUT', 'bulk']])],
  [
    '/v2/customers/bulk',
    new Map([
      ['PUT', 'bulk'],
      ['GET', 'children'],
    ]),
  ],
]);

export function createSandboxServer(sandbox: Sandbox): Server {
  return createServer((request, response) => {
    response.on('error', () => response.destroy());
    answer(sandbox, request, response).catch((error: unknown) => {
      // A bug in the sandbox itself: it is logged to stderr and never ends the process.
      console.error(error);
      refuseWith(response, 500, 'The sandbox itself failed; see its stderr');
    });
  });
}

async function answer(sandbox: Sandbox, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = readUrl(request);
  if (url === null) return refuseWith(response, 400, 'Malformed URL');
  const name = takeNamespace(url, request);
  if (name === null) return refuseWith(response, 400, 'Malformed name of a namespace');
  const isAdmin = url.pathname.startsWith(adminPrefix);
  const methods = endpoints.get(url.pathname);
  if (!isAdmin && !methods) return refuseWith(response, 404, 'No such resource');
  const kind = methods?.get(request.method ?? '');
  if (!isAdmin && !kind) return refuseWith(response, 405, 'Method not allowed');

  const state = sandbox.namespaces.use(name);
  if (state === null) {
    const full = `There are ${mostNamespaces} namespaces; remove one with DELETE ${adminPrefix}/namespaces/<name>`;
    if (isAdmin) return sendAnswer(response, { status: 503, body: { error: full } });
    return refuseWith(response, 503, full);
  }
  if (isAdmin && request.method === 'GET')
    return answerAdmin(sandbox.namespaces, { name, state, url }, request, response);

  // A hanging call is answered by nothing but the end of its connection, which its entry in the journal has.
  response.on('close', sandbox.onChange);
  if (kind === undefined) await answerAdmin(sandbox.namespaces, { name, state, url }, request, response);
  else await answerVendorCall(request, response, { kind, url, state, credentials: sandbox.credentials });
  sandbox.onChange();
}

/**
 * Finds the namespace of a call, and takes its prefix off the path.
 *
 * @returns null for a name that is not allowed
 */
function takeNamespace(url: URL, { headers }: IncomingMessage): string | null {
  const [, inPath, path = ''] = /^\/ns\/([^/]*)(.*)$/.exec(url.pathname) ?? [];
  const name = inPath ?? headers[namespaceHeader]?.toString() ?? defaultNamespace;
  if (inPath !== undefined) url.pathname = path;
  return (name === defaultNamespace && inPath === undefined) || isNamespaceName(name) ? name : null;
}

function refuseWith(response: ServerResponse, status: number, message: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.setHeader(requestIdHeader, randomUUID());
  sendAnswer(response, { status, body: refusalBody(refusal(status, status, message).issue) });
}

function readUrl({ url }: IncomingMessage): URL | null {
  const written = `http://sandbox${url?.startsWith('/') ? url : '/'}`;
  return URL.canParse(written) ? new URL(written) : null;
}
