import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Observable, from, lastValueFrom, of } from 'rxjs';
import { Settings } from '../config/settings.js';
import { ProblemException } from '../http/problem.js';
import { EventLog } from '../observability/event-log.js';
import { IdempotencyRepository, type StoredAnswer } from '../storage/idempotency.repository.js';
import { interrupted, keyInUse, keyRequired, keyReused } from './idempotency-problems.js';
import { leaseMs } from './lease.js';
import { principalOf } from './principal.js';
import { KEY_HEADER, readKey } from './read-key.js';
import { fingerprintRequest } from './request-fingerprint.js';
import { answerOf, answerOfProblem, isFinal, replay } from './stored-answer.js';
import { type WriteEndpoint, WriteEndpointMark } from './write-endpoint.js';

/** Whether the write may credit points, told from the body before it is validated. */
function mayCreditPoints({ list, creditsPoints }: WriteEndpoint, body: unknown): boolean {
  if (!creditsPoints) return false;
  if (list === undefined) return creditsPoints(body);
  const elements = (body as Record<string, unknown> | null | undefined)?.[list];
  return Array.isArray(elements) && elements.some((element) => creditsPoints(element));
}

/**
 * The promise of `Idempotency-Key`: reserve, do, keep the answer. It is kept before the caller gets it, so a caller who
 * asks again after any answer gets the same one.
 * Source: draft-ietf-httpapi-idempotency-key-header-07.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly records: IdempotencyRepository,
    private readonly settings: Settings,
    private readonly log: EventLog,
    private readonly reflector: Reflector,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const query = request.query as Record<string, unknown>;
    if (query['dryRun'] === 'true') return next.handle();
    const key = readKey(request.raw.headersDistinct[KEY_HEADER.toLowerCase()]);
    const endpoint = this.reflector.get(WriteEndpointMark, context.getHandler());
    const creditsPoints = mayCreditPoints(endpoint, request.body);
    if (key === undefined) {
      if (creditsPoints && this.settings.REQUIRE_IDEMPOTENCY_KEY_FOR_POINTS === 'true') {
        throw keyRequired([{ header: KEY_HEADER, message: 'is needed where points are credited' }]);
      }
      return next.handle();
    }

    const { method } = request;
    const path = request.routeOptions.url ?? '';
    const reserved = await this.records.reserve(
      { principal: principalOf(), endpoint: `${method} ${path}`, key },
      {
        fingerprint: fingerprintRequest({ method, path, query, body: request.body }),
        leaseMs: leaseMs(this.settings),
        creditsPoints,
      },
    );
    switch (reserved.kind) {
      case 'replay':
        this.log.write('info', 'idempotency.replayed', { status: reserved.answer.status });
        return of(replay(reply, reserved.answer));
      case 'running':
        throw keyInUse();
      case 'conflict':
        throw keyReused();
      case 'abandoned':
        throw interrupted();
      case 'reserved':
        return from(this.run(reserved.leaseToken, creditsPoints, next, request, reply));
    }
  }

  /** Does the work under the lease. Whatever becomes of the record, the caller gets the true answer. */
  private async run(
    leaseToken: string,
    creditsPoints: boolean,
    next: CallHandler,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<unknown> {
    try {
      const body: unknown = await lastValueFrom(next.handle());
      await this.keep(leaseToken, answerOf(reply.statusCode, body));
      return body;
    } catch (error) {
      if (error instanceof ProblemException && isFinal(error)) {
        await this.keep(leaseToken, answerOfProblem(error, request.id));
      } else if (error instanceof ProblemException || !creditsPoints) {
        await this.release(leaseToken);
      }
      // After a fault that nobody planned points may be on their way: the record stays, and is told as unknown.
      throw error;
    }
  }

  private async keep(leaseToken: string, answer: StoredAnswer): Promise<void> {
    try {
      const isKept = await this.records.finish(leaseToken, answer);
      if (!isKept) this.log.write('warn', 'idempotency.lease-lost', { status: answer.status });
    } catch (error) {
      this.log.fault('idempotency.not-kept', error, { status: answer.status });
    }
  }

  private async release(leaseToken: string): Promise<void> {
    try {
      await this.records.release(leaseToken);
    } catch (error) {
      this.log.fault('idempotency.not-released', error);
    }
  }
}
