import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DeliveryFault, InsteadFault } from './faults.ts';
import { refusalBody } from './issues.ts';
import type { Answer } from './vendor-call.ts';

const json = 'application/json;charset=UTF-8';
const dripEveryMs = 50;

/** Called just before the last byte is sent, so that a journal read after a response has that response in it. */
type OnEnd = (status: number) => void;

export function sendText(
  response: ServerResponse,
  status: number,
  contentType: string,
  body: string | Buffer,
): void {
  response.statusCode = status;
  response.setHeader('content-type', contentType);
  response.setHeader('content-length', Buffer.byteLength(body));
  response.end(body);
}

export function sendAnswer(response: ServerResponse, { status, body, headers }: Answer): void {
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
  sendText(response, status, json, JSON.stringify(body));
}

/** Answers in place of the vendor. */
export function answerInstead(response: ServerResponse, fault: InsteadFault, onEnd: OnEnd): void {
  switch (fault.kind) {
    case 'hang':
      return;
    case 'reset-before':
      response.socket?.resetAndDestroy();
      return;
    case 'edge-521':
      onEnd(521);
      sendText(response, 521, 'text/plain', 'error code: 521');
      return;
    case 'html':
      onEnd(fault.status);
      sendText(response, fault.status, 'text/html', htmlPage(fault.status));
      return;
    case 'vendor-error':
      onEnd(fault.status);
      sendAnswer(response, {
        status: fault.status,
        body: refusalBody({ status: false, code: fault.code, message: fault.message }),
      });
      return;
    case 'status': {
      const { status, body, contentType, headers } = fault;
      onEnd(status);
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      const isText = typeof body === 'string';
      sendText(
        response,
        status,
        contentType ?? (isText ? 'text/plain' : json),
        isText ? body : JSON.stringify(body),
      );
    }
  }
}

/** Sends the vendor's answer, distorted by the fault. */
export async function deliver(
  response: ServerResponse,
  answer: Answer,
  fault: DeliveryFault | null,
  onEnd: OnEnd,
): Promise<void> {
  switch (fault?.kind) {
    case undefined:
      onEnd(answer.status);
      sendAnswer(response, answer);
      return;
    case 'hang-after':
      return;
    case 'reset-after':
      response.socket?.resetAndDestroy();
      return;
    case 'empty':
      onEnd(200);
      sendText(response, 200, json, '');
      return;
    case 'garbage':
      onEnd(200);
      sendText(response, 200, json, Buffer.concat([Buffer.from('\u0000%'), randomBytes(256)]));
      return;
    case 'truncated':
      sendHalf(response, answer, onEnd);
      return;
    case 'drip':
      await drip(response, answer, fault.bytesPerSecond);
      return;
    case 'oversize':
      await flood(response, fault.bytes);
  }
}

function sendHalf(response: ServerResponse, answer: Answer, onEnd: OnEnd): void {
  const body = Buffer.from(JSON.stringify(answer.body));
  response.writeHead(answer.status, { 'content-type': json, 'content-length': body.length });
  onEnd(answer.status);
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.socket?.end());
}

async function drip(response: ServerResponse, answer: Answer, bytesPerSecond: number): Promise<void> {
  const body = Buffer.from(JSON.stringify(answer.body));
  response.writeHead(answer.status, { 'content-type': json, 'content-length': body.length });
  const startMs = Date.now();
  let sentBytes = 0;
  while (sentBytes < body.length && !response.destroyed) {
    const dueBytes = Math.floor(((Date.now() - startMs) / 1000) * bytesPerSecond);
    if (dueBytes > sentBytes) response.write(body.subarray(sentBytes, dueBytes));
    sentBytes = Math.max(sentBytes, dueBytes);
    await sleep(dripEveryMs); // oxlint-disable-line no-await-in-loop -- slowness is the point
  }
  response.end();
}

/** Sends a valid JSON array of that many bytes, with one chunk of it in memory at a time. */
async function flood(response: ServerResponse, bytes: number): Promise<void> {
  response.writeHead(200, { 'content-type': json });
  try {
    await pipeline(oversizedArray(bytes), response);
  } catch {
    response.destroy(); // the client hung up, as it may
  }
}

function* oversizedArray(bytes: number): Generator<string> {
  const element = `{"profiles":[{"identifiers":[{"type":"mobile","value":"910000000001"}]}],"errors":[{}]}`;
  const chunk = `${element},`.repeat(500);
  yield '[';
  for (let sentBytes = 0; sentBytes < bytes; sentBytes += chunk.length) yield chunk;
  yield `${element}]`;
}

function htmlPage(status: number): string {
  return `<!DOCTYPE html>\n<html><head><title>${status}</title></head><body><center><h1>${status}</h1></center><hr></body></html>\n`;
}
