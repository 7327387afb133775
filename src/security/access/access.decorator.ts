import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBearerAuth, ApiExtension } from '@nestjs/swagger';
import type { Scope } from './scopes.js';

/** Who may call an endpoint: everybody, or whoever has the scope. */
export type Access = Scope | 'public';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
}

/** Where the document says which scope an endpoint asks for: bearer tokens have no place for it in OpenAPI 3.0. */
export const SCOPE_EXTENSION = 'x-required-scope';

/** The endpoint is for principals with this scope. It is checked before the body is read. */
export function RequireScope(scope: Scope): MethodDecorator {
  return applyDecorators(
    RouteConfig({ access: scope satisfies Access }),
    ApiBearerAuth(),
    ApiExtension(SCOPE_EXTENSION, scope),
  );
}

/** The endpoint is for everybody, without a key. */
export function Public(): MethodDecorator {
  return applyDecorators(RouteConfig({ access: 'public' satisfies Access }));
}
