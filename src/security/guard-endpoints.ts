import { NotFoundException } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyContextConfig, FastifyInstance } from 'fastify';
import { EventLog } from '../observability/event-log.js';
import type { Access } from './access.decorator.js';
import { InboundLimits } from './inbound-limits.service.js';
import { logNameOf, principalId } from './principal.js';
import { ApiKeys } from './api-keys.service.js';
import { Authenticator } from './authenticator.service.js';
import { insufficientScope } from './security-problems.js';

/** Registered by libraries, where no decorator can stand: the pages of Swagger, and what CORS answers preflights by. */
const OF_LIBRARIES = /^(\/docs(\/.*)?|\/openapi\.json|\*)$/;

function accessOf(path: string, config: FastifyContextConfig | undefined): Access {
  const access = OF_LIBRARIES.test(path) ? 'public' : config?.access;
  if (access === undefined) throw new Error(`${path} has neither @RequireScope nor @Public`);
  return access;
}

/** Refuses to register an endpoint that does not say who may call it; the service does not start then. */
export function demandAccess(server: FastifyInstance): void {
  server.addHook('onRoute', ({ url, config }) => void accessOf(url, config));
}

/**
 * Lets nobody in who is not known and allowed, and nobody more often than its limits say, before a byte of the body is
 * read. What has no endpoint ends here as well, so that nothing is read for it. Called before the routes are registered.
 *
 * @throws StartupError where the file of keys cannot be used
 */
export function guardEndpoints(app: NestFastifyApplication): void {
  app.get(ApiKeys).open();
  const server = app.getHttpAdapter().getInstance();
  const authenticator = app.get(Authenticator);
  const limits = app.get(InboundLimits);
  const log = app.get(EventLog);

  demandAccess(server);
  server.decorateRequest('principal', undefined);
  server.decorateRequest('quotasLeft', null);
  server.addHook('onRequest', async (request, reply) => {
    if (request.is404) throw new NotFoundException();
    const { url = '', config } = request.routeOptions;
    const access = accessOf(url, config);
    if (access === 'public') return;
    const principal = await authenticator.authenticate(request.headers.authorization, request.ip);
    request.principal = principal;
    log.identify(logNameOf(principalId(principal)));
    await limits.admit(request, reply);
    if (!access.some((scope) => principal.scopes.has(scope))) throw insufficientScope(access);
  });
  server.addHook('onSend', async (request, reply) => void reply.headers(limits.fieldsOf(request)));
}
