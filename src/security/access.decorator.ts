import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';
import type { FastifyContextConfig } from 'fastify';
import { ApiBearerAuth, ApiExtension } from '@nestjs/swagger';
import type { Scope } from './scopes.js';

/** Which callers an endpoint admits: all, or those with any of the scopes. */
export type Access = readonly [Scope, ...Scope[]] | 'public';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
}

/** The extension that lists the scopes of an endpoint; any of them is enough. OpenAPI 3.0 has no field for it on bearer tokens. */
export const SCOPE_EXTENSION = 'x-required-scope';

/** Adds to the Fastify config of a route; `RouteConfig` alone would replace it. */
export function addRouteConfig(added: Partial<FastifyContextConfig>): MethodDecorator {
  return (target, property, descriptor) => {
    const before = Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, descriptor.value as object) as
      object | undefined;
    RouteConfig({ ...before, ...added })(target, property, descriptor);
  };
}

/** Restricts the endpoint to principals with any of these scopes. The scope is checked before the body is read. */
export function RequireScope(...scopes: [Scope, ...Scope[]]): MethodDecorator {
  return applyDecorators(
    addRouteConfig({ access: scopes }),
    ApiBearerAuth(),
    ApiExtension(SCOPE_EXTENSION, scopes),
  );
}

/** Opens the endpoint to all callers, authenticated or not. */
export function Public(): MethodDecorator {
  return addRouteConfig({ access: 'public' });
}
