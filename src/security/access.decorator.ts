import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBearerAuth, ApiExtension } from '@nestjs/swagger';
import type { Scope } from './scopes.js';

/** Who may call an endpoint: everybody, or whoever has any of the scopes. */
export type Access = readonly [Scope, ...Scope[]] | 'public';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
}

/** Where the document says which scopes open an endpoint, any of them: bearer tokens have no place for it in OpenAPI 3.0. */
export const SCOPE_EXTENSION = 'x-required-scope';

/** The endpoint is for principals with any of these scopes. It is checked before the body is read. */
export function RequireScope(...scopes: [Scope, ...Scope[]]): MethodDecorator {
  return applyDecorators(
    RouteConfig({ access: scopes satisfies Access }),
    ApiBearerAuth(),
    ApiExtension(SCOPE_EXTENSION, scopes),
  );
}

/** The endpoint is for everybody, without a key. */
export function Public(): MethodDecorator {
  return applyDecorators(RouteConfig({ access: 'public' satisfies Access }));
}
