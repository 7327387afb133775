import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { noteForAudit } from '../observability/audit-facts.js';
import { EventLog } from '../observability/event-log.js';
import { DatabaseUnavailable } from '../database/database-errors.js';
import { KeyMissing } from '../records/encryption/field-cipher.js';
import { ACCESS_REFUSALS } from '../security/access-problems.js';
import { AllowedMethods } from './allowed-methods.js';
import { MAX_BODY_BYTES } from '../validation/json-body.js';
import { ProblemException, sendProblem } from '../problems/problem.js';
import { PROBLEM_PAGES } from '../problems/problem-catalog.js';
import { RefusalAudit } from '../security/audit-refusals.service.js';

/** Answers every error after routing with a problem, without the text of the error. */
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
    else this.log.write('info', 'request.refused', { problem: problem.type });
    if (ACCESS_REFUSALS.has(problem.type)) {
      this.refusals.write(request, problem);
      request.auditFacts = null;
    } else noteForAudit(request, { problem: problem.type });
    sendProblem(reply, problem, request.id);
  }

  private problemOf(error: unknown, request: FastifyRequest): ProblemException {
    if (error instanceof ProblemException) return error;
    if (error instanceof DatabaseUnavailable) {
      const { explanation } = PROBLEM_PAGES['storage-unavailable'];
      return new ProblemException('storage-unavailable', explanation, {}, { 'Retry-After': '1' });
    }
    if (error instanceof KeyMissing) {
      const { explanation } = PROBLEM_PAGES['stored-data-locked'];
      return new ProblemException('stored-data-locked', explanation, {}, { 'Retry-After': '60' });
    }
    const status = error instanceof HttpException ? error.getStatus() : 500;
    switch (status) {
      case 403: // a path that no file of Swagger UI can have; what lacks a scope is a problem already
        return new ProblemException('endpoint-not-found', 'There is no such endpoint.');
      case 404:
        return this.notFound(request);
      case 400:
        return new ProblemException('malformed-json', 'The body cannot be read.');
      case 408:
        return new ProblemException('request-timeout', 'The request did not arrive in time.');
      case 413:
        return new ProblemException(
          'body-too-large',
          `The body is over the limit of ${MAX_BODY_BYTES} bytes.`,
        );
      case 415:
        return new ProblemException('unsupported-media-type', 'The body must be application/json.');
      default:
        return new ProblemException('internal-error', 'The service failed; the request id leads to the log.');
    }
  }

  private notFound(request: FastifyRequest): ProblemException {
    const path = request.url.split('?', 1)[0] ?? '';
    const methods = this.allowed.of(path);
    if (methods.length === 0) return new ProblemException('endpoint-not-found', 'There is no such endpoint.');
    const Allow = methods.join(', ');
    return new ProblemException('method-not-allowed', `The endpoint knows ${Allow}.`, {}, { Allow });
  }
}
