import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Observable, from, lastValueFrom } from 'rxjs';
import { Settings } from '../../config/settings.js';
import type { EarlierOutcomes } from './earlier-outcomes.js';
import { isDryRun } from '../../security/takes-dry-run.decorator.js';
import { keylessCredits } from './batch-elements.js';
import { keyRequired } from './idempotency-problems.js';
import { ItemKeys } from './item-keys.service.js';
import { KEY_HEADER, readKeyOf } from './read-key.js';
import { RequestKeys } from './request-keys.service.js';
import { type WriteEndpoint, WriteEndpointMark } from './write-endpoint.js';

/**
 * The promise of `Idempotency-Key`: reserve, do, keep the answer. It is kept before the caller gets it, so a caller who
 * asks again after any answer gets the same one.
 * Source: draft-ietf-httpapi-idempotency-key-header-07.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly requestKeys: RequestKeys,
    private readonly itemKeys: ItemKeys,
    private readonly settings: Settings,
    private readonly reflector: Reflector,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    if (isDryRun(context)) return next.handle();

    const endpoint = this.reflector.get(WriteEndpointMark, context.getHandler());
    const key = readKeyOf(request);
    if (key === undefined) this.demandKeys(endpoint, request.body);
    const work = (earlier: EarlierOutcomes): Promise<unknown> =>
      endpoint.list === undefined
        ? lastValueFrom(next.handle())
        : this.itemKeys.run(request, endpoint, earlier, () => lastValueFrom(next.handle()));
    if (key !== undefined) return from(this.requestKeys.run({ request, reply, endpoint, key }, work));
    return endpoint.list === undefined ? next.handle() : from(work(new Map()));
  }

  /** @throws ProblemException `idempotency-key-required`, pointing at what credits points without a key */
  private demandKeys(endpoint: WriteEndpoint, body: unknown): void {
    if (this.settings.REQUIRE_IDEMPOTENCY_KEY_FOR_POINTS === 'false') return;
    const mistakes = keylessCredits(endpoint, body);
    if (endpoint.list === undefined && endpoint.creditsPoints?.(body)) {
      mistakes.push({ header: KEY_HEADER, message: 'is needed where points are credited' });
    }
    if (mistakes.length > 0) throw keyRequired(mistakes);
  }
}
