import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** How long an answer may lie unread. */
const UNREAD_MS = 30_000;

/** Requests that wait for the answer of another one; more are sent by nobody who means well. */
const MOST_WAITING = 10;

interface Underway {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Requests that came on the connection meanwhile. */
  waitingCount: number;
}

/** The request of each connection that has no answer yet. */
const underway = new WeakMap<Socket, Underway>();

/** Whether the next bytes on the connection would be taken for the answer to a request that is under way. */
export function isAnswerOwed(socket: Socket): boolean {
  return underway.get(socket)?.request.complete === true;
}

/**
 * One request at a time on a connection. Who does not wait for an answer gets that one, and no connection after it: the
 * others are as if they had never been read, and may be sent again (RFC 9112, section 9.3.2). Each would be answered
 * into memory otherwise, and 60 KB of requests ask for 300 MB of documents.
 */
export function refusePipelines(server: FastifyInstance): void {
  server.addHook('onRequest', ({ raw: request }, { raw: response }, done) => {
    const { socket } = request;
    const before = underway.get(socket);
    if (!before) {
      underway.set(socket, { request, response, waitingCount: 0 });
      response.once('close', () => underway.delete(socket));
      done();
      return;
    }
    before.waitingCount += 1;
    if (before.waitingCount > MOST_WAITING) socket.destroy();
    if (before.waitingCount > 1) return;
    if (!before.response.headersSent) before.response.setHeader('Connection', 'close');
    before.response.once('finish', () => socket.destroySoon());
  });
}

/** Ends connections whose other side does not read what it was answered; and, as Node does, those that lie idle. */
export function cutUnread(server: Server, afterMs = UNREAD_MS): void {
  server.setTimeout(afterMs, (socket: Socket) => {
    if (socket.writableLength > 0 || !underway.has(socket)) socket.destroy();
  });
}
