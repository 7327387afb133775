import { NotFoundException } from '@nestjs/common';
import { EventLog } from '../observability/event-log.js';
import { InboundLimits } from './inbound-limits.service.js';
import { logNameOf, principalId } from './principal.js';
import { ApiKeys } from './api-keys.service.js';
import { Authenticator } from './authenticator.service.js';
import { insufficientScope } from './security-problems.js';
/** Endpoints that libraries register without our decorators: the pages of Swagger, and the CORS preflight handler. */
const LIBRARY_ENDPOINTS = /^(\/docs(\/.*)?|\/openapi\.json|\*)$/;
function accessOf(path, config) {
    const access = LIBRARY_ENDPOINTS.test(path) ? 'public' : config?.access;
    if (access === undefined)
        throw new Error(`${path} has neither @RequireScope nor @Public`);
    return access;
}
/** Prevents the start of the service with an endpoint that does not declare who may call it. */
export function requireDeclaredAccess(server) {
    server.addHook('onRoute', ({ url, config }) => void accessOf(url, config));
}
/**
 * Authenticates and authorizes every request, and applies rate limits, before a byte of its body is read. Requests to
 * unknown endpoints end here too, so that their bodies are not read. Call it before the routes are registered.
 *
 * @throws StartupError if the file of API keys is not usable
 */
export function guardEndpoints(app) {
    app.get(ApiKeys).open();
    const server = app.getHttpAdapter().getInstance();
    const authenticator = app.get(Authenticator);
    const limits = app.get(InboundLimits);
    const log = app.get(EventLog);
    requireDeclaredAccess(server);
    server.decorateRequest('principal', undefined);
    server.decorateRequest('quotasLeft', null);
    server.addHook('onRequest', async (request, reply) => {
        if (request.is404)
            throw new NotFoundException();
        const { url = '', config } = request.routeOptions;
        const access = accessOf(url, config);
        if (access === 'public')
            return;
        const principal = await authenticator.authenticate(request.headers.authorization, request.ip);
        request.principal = principal;
        log.identify(logNameOf(principalId(principal)));
        await limits.admit(request, reply);
        if (!access.some((scope) => principal.scopes.has(scope)))
            throw insufficientScope(access);
    });
    server.addHook('onSend', async (request, reply) => void reply.headers(limits.fieldsOf(request)));
}
//# sourceMappingURL=guard-endpoints.js.map