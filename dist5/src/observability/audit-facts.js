/** Adds facts to the audit event of a request. */
export function noteForAudit(request, facts) {
    if (request.auditFacts)
        request.auditFacts = { ...request.auditFacts, ...facts };
}
//# sourceMappingURL=audit-facts.js.map