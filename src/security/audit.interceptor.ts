import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Observable, tap } from 'rxjs';
import { ACCESS_REFUSALS } from './access-problems.js';
import { ProblemException } from '../problems/problem.js';
import { isDryRun } from './takes-dry-run.decorator.js';
import { isUuid } from '../validation/validate-as.js';
import { type AuditFacts, AuditLog } from '../observability/audit-log.js';
import { auditNotes } from '../observability/audit-notes.js';
import { callerId, logNameOf } from './principal.js';

/** A dry run changes nothing, and neither does what a scope to read is enough for. */
function isWrite(context: ExecutionContext): boolean {
  const { method, routeOptions } = context.switchToHttp().getRequest<FastifyRequest>();
  const { access = 'public' } = routeOptions.config;
  const isReading = access === 'public' || access.every((scope) => scope.endsWith(':read'));
  return method !== 'GET' && !isReading && !isDryRun(context);
}

function refusalOf(error: unknown): AuditFacts {
  if (error instanceof ProblemException) return { status: error.status, problem: error.type };
  return { problem: error instanceof Error ? error.name : typeof error };
}

/**
 * Leaves one audit event for every write whose body could be read: also where its caller has gone, where it was
 * refused, and where an earlier answer was given again. Refusals of access are told by whoever answers them.
 */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  constructor(private readonly audit: AuditLog) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    if (!isWrite(context)) return next.handle();
    return next.handle().pipe(
      tap({
        next: () => this.tell(request, { status: reply.statusCode, ...replayOf(reply) }),
        error: (error: unknown) => {
          const isOfAccess = error instanceof ProblemException && ACCESS_REFUSALS.has(error.type);
          if (!isOfAccess) this.tell(request, { ...refusalOf(error), ...replayOf(reply) });
        },
      }),
    );
  }

  private tell(request: FastifyRequest, result: AuditFacts): void {
    const { id = '' } = request.params as { id?: string };
    this.audit.write('write.answered', {
      requestId: request.id,
      principal: logNameOf(callerId(request)),
      method: request.method,
      endpoint: request.routeOptions.url ?? 'none',
      ...(isUuid(id) && { target: id }), // anything else may be somebody's number
      ...result,
      ...auditNotes(request),
    });
  }
}

function replayOf(reply: FastifyReply): AuditFacts {
  return reply.hasHeader('idempotency-replayed') ? { replayed: true } : {};
}
