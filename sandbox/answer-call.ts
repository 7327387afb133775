import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { readAttribution } from './attribution.ts';
import { readAuthScheme } from './authenticate.ts';
import { openBulkCall } from './bulk-update.ts';
import { openChildrenCall } from './children.ts';
import { bareKey } from './customer-store.ts';
import { answerInstead, deliver, sendAnswer } from './deliver.ts';
import type { FaultTarget } from './active-faults.ts';
import type { CallKind } from './faults.ts';
import { refusal, refusalBody } from './issues.ts';
import { identifiersIn } from './item-identifiers.ts';
import type { JournalEntry } from './journal.ts';
import { readBody } from './read-body.ts';
import type { Credentials, SandboxState } from './state.ts';
import { openTokenCall } from './token.ts';
import type { OpenedCall, VendorCall } from './vendor-call.ts';

export const requestIdHeader = 'X-CAP-REQUEST-ID';

const open: Record<CallKind, (call: VendorCall) => OpenedCall> = {
  bulk: openBulkCall,
  token: openTokenCall,
  children: openChildrenCall,
};

/** Handles one vendor call: journal, faults before it, checks, latency, work, faults after it. */
export async function answerVendorCall(
  request: IncomingMessage,
  response: ServerResponse,
  {
    kind,
    url,
    state,
    credentials,
  }: { kind: CallKind; url: URL; state: SandboxState; credentials: Credentials },
): Promise<void> {
  const id = randomUUID();
  const entry = state.journal.open(newEntry(id, kind, url, request));
  const close = (status: number | null): void => {
    entry.answeredStatus ??= status;
    entry.closedAt ??= Date.now();
  };
  response.on('close', () => close(response.headersSent ? response.statusCode : null));
  response.setHeader(requestIdHeader, id);

  const read = await readBody(request);
  if (read.kind === 'gone') return;
  if (read.kind === 'too-large') {
    close(413);
    sendAnswer(response, { status: 413, body: refusalBody(refusal(413, 413, 'Request too large').issue) });
    return;
  }
  const bodyText = read.bytes.toString();
  const body = parseJson(bodyText);
  entry.bodyBytes = read.bytes.length;
  if (kind === 'bulk' && Array.isArray(body)) entry.itemCount = body.length;
  if (kind === 'bulk' && body !== undefined) state.journal.keepBody(entry, bodyText);

  const call: VendorCall = {
    id,
    kind,
    query: url.searchParams,
    headers: request.headers,
    body,
    state,
    credentials,
    entry,
  };
  const target = faultTarget(call);
  if (state.faults.take('tokens', target)) state.tokens.expireAll();
  if (state.faults.take('header', target)) response.removeHeader(requestIdHeader);
  const latencyMs = state.settings.latencyMs + (state.faults.take('latency', target)?.ms ?? 0);

  if (!state.pace.admits(state.settings.callsPerMinute)) {
    const { retryAfterSeconds } = state.settings;
    await pause(latencyMs);
    close(429);
    sendAnswer(response, {
      status: 429,
      body: refusalBody(refusal(429, 429, 'Rate limit exceeded').issue),
      ...(retryAfterSeconds === null ? {} : { headers: { 'Retry-After': String(retryAfterSeconds) } }),
    });
    return;
  }

  const instead = state.faults.take('instead', target);
  if (instead) {
    await pause(latencyMs);
    answerInstead(response, instead, close);
    return;
  }

  const opened = open[kind](call);
  await pause(latencyMs);
  const answer = opened.finish(); // even when the client has disconnected: the vendor does not notice either
  const delivery = opened.accepted ? state.faults.take('delivery', target) : null;
  await deliver(response, answer, delivery, close);
}

async function pause(latencyMs: number): Promise<void> {
  if (latencyMs > 0) await sleep(latencyMs);
}

function faultTarget({ kind, query, body, entry }: VendorCall): FaultTarget {
  return {
    kind,
    met: entry.faults,
    carries: (match) => {
      if (kind !== 'children') return identifiersIn(body).has(bareKey(match));
      const type = query.get('associationEntityIdentifierType') ?? '';
      const value = query.get('associationEntityIdentifierValue') ?? '';
      return bareKey({ type, value }) === bareKey(match);
    },
  };
}

function newEntry(
  id: string,
  kind: CallKind,
  url: URL,
  { headers, method }: IncomingMessage,
): Omit<JournalEntry, 'seq'> {
  return {
    id,
    kind,
    method: method ?? '',
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    attribution: readAttribution(headers),
    userAgent: headers['user-agent'] ?? null,
    traceparent: headers['traceparent']?.toString() ?? null,
    requestId: headers['x-request-id']?.toString() ?? null,
    authScheme: kind === 'token' ? 'none' : readAuthScheme(headers),
    itemCount: null,
    bodyBytes: 0,
    openedAt: Date.now(),
    closedAt: null,
    answeredStatus: null,
    applied: [],
    faults: [],
  };
}

function parseJson(written: string): unknown {
  try {
    return JSON.parse(written) as unknown;
  } catch {
    return undefined;
  }
}
