import type { FastifyRequest } from 'fastify';
import type { AuditFacts } from './audit-log.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the audit event of this request says; null where the request leaves none. */
    auditFacts: AuditFacts | null;
  }
}

/** Adds facts to the audit event of a request. */
export function noteForAudit(request: Pick<FastifyRequest, 'auditFacts'>, facts: AuditFacts): void {
  if (request.auditFacts) request.auditFacts = { ...request.auditFacts, ...facts };
}
