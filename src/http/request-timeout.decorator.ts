import { type ExecutionContext, createParamDecorator } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SubmitOptions } from '../delivery/delivery.service.js';
import { callerId } from '../security/principal.js';
import { invalidRequest } from '../problems/problem.js';

/** `server.ts` sets these, so that a decorator can read the configured deadline. */
declare module 'fastify' {
  interface FastifyRequest {
    /**
     * When the request arrived at the earliest: an event loop that is late looks for it late. By `performance.now()`,
     * because a change of the clock must not move a deadline.
     */
    arrivedAt: number;
  }
  interface FastifyInstance {
    requestDeadlineMs: number;
  }
}

/** Parses how long a request may take, in milliseconds; undefined if the header is not a positive number of seconds. */
export function parseTimeoutMs(header: string | string[] | undefined, longestMs: number): number | undefined {
  if (header === undefined) return longestMs;
  if (typeof header !== 'string' || !/^\d{1,6}(\.\d{1,3})?$/.test(header) || Number(header) === 0) {
    return undefined;
  }
  return Math.min(Number(header) * 1000, longestMs);
}

/**
 * Returns how long a request may take: `Request-Timeout`, in seconds, may only shorten the configured deadline.
 *
 * @throws Problem `invalid-request` if the header is not a positive number
 */
export function readDeadlineMs(header: string | string[] | undefined, longestMs: number): number {
  const timeoutMs = parseTimeoutMs(header, longestMs);
  if (timeoutMs !== undefined) return timeoutMs;
  throw invalidRequest([
    { header: 'Request-Timeout', code: 'format', message: 'must be a positive number of seconds' },
  ]);
}

/** Provides the options of the request: its principal, its deadline, and a signal that aborts when the caller disconnects. */
export const RequestOptions = createParamDecorator(
  (_data: undefined, context: ExecutionContext): SubmitOptions => {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const gone = new AbortController();
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) gone.abort();
    });
    const deadlineMs = readDeadlineMs(request.headers['request-timeout'], request.server.requestDeadlineMs);
    return { deadlineAt: request.arrivedAt + deadlineMs, signal: gone.signal, principal: callerId(request) };
  },
);
