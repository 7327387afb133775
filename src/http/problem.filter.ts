import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { noteForAudit } from '../observability/audit-facts.js';
import { EventLog } from '../observability/event-log.js';
import { DatabaseUnavailable } from '../database/database-errors.js';
import { KeyMissing } from '../records/encryption/field-cipher.js';
import { ACCESS_REFUSALS } from '../security/access-refusals.js';
import { AllowedMethods } from './allowed-methods.js';
import { Problem, sendProblem } from '../problems/problem.js';
import { RefusalAudit } from '../security/audit-refusals.service.js';
import { problemOfStatus } from './status-problems.js';

/** Maps every error after routing to a problem, which never contains the text of the error. */
@Catch()
@Injectable()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly allowed: AllowedMethods,
    private readonly log: EventLog,
    private readonly refusals: RefusalAudit,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const problem = this.problemOf(error, request);
    if (error instanceof KeyMissing) this.log.write('error', 'data-keys.missing', { keyIds: [error.keyId] });
    if (problem.type === 'internal-error') this.log.fault('request.fault', error);
    else this.log.conclude('request.refused', { problem: problem.type });
    if (ACCESS_REFUSALS.has(problem.type)) {
      this.refusals.write(request, problem);
      request.auditFacts = null;
    } else noteForAudit(request, { problem: problem.type });
    sendProblem(reply, problem, request.id);
  }

  private problemOf(error: unknown, request: FastifyRequest): Problem {
    if (error instanceof Problem) return error;
    if (error instanceof DatabaseUnavailable)
      return new Problem('storage-unavailable', { retryAfterMs: 1000 });
    if (error instanceof KeyMissing) return new Problem('stored-data-locked', { retryAfterMs: 60_000 });
    const status = error instanceof HttpException ? error.getStatus() : 500;
    return status === 404 ? this.notFound(request) : problemOfStatus(status);
  }

  private notFound(request: FastifyRequest): Problem {
    const path = request.url.split('?', 1)[0] ?? '';
    const methods = this.allowed.of(path);
    if (methods.length === 0) return problemOfStatus(404);
    const Allow = methods.join(', ');
    return new Problem('method-not-allowed', {
      detail: `The endpoint supports ${Allow}.`,
      headers: { Allow },
    });
  }
}
