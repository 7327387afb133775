import { AuditLog } from '../observability/audit-log.js';
import { requestContext } from '../observability/request-context.js';
import { isUuid } from '../validation/validate-as.js';
import { callerId, logNameOf } from './principal.js';
import { isDryRun } from './takes-dry-run.decorator.js';
/** Whether a request may change something: dry runs and endpoints with a read scope do not. */
function isWrite(request) {
    const { access = 'public' } = request.routeOptions.config;
    const isReading = access === 'public' || access.every((scope) => scope.endsWith(':read'));
    return request.method !== 'GET' && !isReading && !isDryRun(request);
}
/**
 * Records one audit event for every write with a readable body, even if its caller disconnected, it was rejected, or a
 * stored response was replayed. A refusal of access has an event of its own instead.
 */
export function auditWrites(app) {
    const audit = app.get(AuditLog);
    const server = app.getHttpAdapter().getInstance();
    server.decorateRequest('auditFacts', null);
    server.addHook('preHandler', (request, _reply, done) => {
        if (isWrite(request))
            request.auditFacts = {};
        done();
    });
    // The event is written before the response is sent, so that even a killed process has recorded everything that it did.
    server.addHook('onSend', (request, reply, payload, done) => {
        writeEvent(audit, request, reply);
        if (!audit.hasNewEvents)
            done(null, payload);
        // Events of many requests are written together, and by then another request is in context.
        else
            audit.whenWritten(() => requestContext.run(request.logContext, done, null, payload));
    });
}
function writeEvent(audit, request, reply) {
    const { auditFacts, logContext } = request;
    if (!auditFacts)
        return;
    const { itemCount, customers } = logContext.facts ?? {};
    const { id = '' } = request.params;
    audit.write('write.answered', {
        requestId: request.id,
        principal: logNameOf(callerId(request)),
        method: request.method,
        endpoint: request.routeOptions.url ?? 'none',
        ...(isUuid(id) && { target: id }), // any other text may be a phone number
        status: reply.statusCode,
        ...(reply.hasHeader('idempotency-replayed') && { replayed: true }),
        ...(customers && { itemCount, customers }),
        ...auditFacts,
    });
    request.auditFacts = null;
}
//# sourceMappingURL=audit-writes.js.map