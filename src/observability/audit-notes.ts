import type { AuditFacts } from './audit-log.js';

const notes = new WeakMap<object, AuditFacts>();

/** Records facts of a write for the one audit event of its request. */
export function noteForAudit(request: object, facts: AuditFacts): void {
  notes.set(request, { ...notes.get(request), ...facts });
}

export function auditNotes(request: object): AuditFacts {
  return notes.get(request) ?? {};
}
