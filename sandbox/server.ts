import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { answerAdmin, adminPrefix } from './admin.ts';
import { answerVendorCall, requestIdHeader } from './answer-call.ts';
import { sendAnswer } from './deliver.ts';
import type { CallKind } from './faults.ts';
import { refusal, refusalBody } from './issues.ts';
import type { Sandbox } from './state.ts';

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
  if (url.pathname.startsWith(adminPrefix)) return answerAdmin(sandbox, url, request, response);
  const methods = endpoints.get(url.pathname);
  if (!methods) return refuseWith(response, 404, 'No such resource');
  const kind = methods.get(request.method ?? '');
  if (!kind) return refuseWith(response, 405, 'Method not allowed');
  const { state, credentials } = sandbox;
  return answerVendorCall(request, response, { kind, url, state, credentials });
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
  return URL.parse(`http://sandbox${url?.startsWith('/') ? url : '/'}`);
}
