import { type CustomDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

const TAKES_DRY_RUN = Symbol('takes dry run');

/** The endpoint has `dryRun`. At others the word means nothing, and so takes nothing away from what a write leaves. */
export function TakesDryRun(): CustomDecorator<symbol> {
  return SetMetadata(TAKES_DRY_RUN, true);
}

/** Whether a request changes nothing, as its endpoint takes it for a dry run. */
export function isDryRun(context: ExecutionContext): boolean {
  const { query } = context.switchToHttp().getRequest<FastifyRequest>();
  const isTaken = Reflect.getMetadata(TAKES_DRY_RUN, context.getHandler()) === true;
  return isTaken && (query as Record<string, unknown>)['dryRun'] === 'true';
}
