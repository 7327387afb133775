import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';
import { ApiBearerAuth, ApiExtension } from '@nestjs/swagger';
/** The extension that lists the scopes of an endpoint; any of them is enough. OpenAPI 3.0 has no field for it on bearer tokens. */
export const SCOPE_EXTENSION = 'x-required-scope';
/** Adds to the Fastify config of a route; `RouteConfig` alone would replace it. */
export function addRouteConfig(added) {
    return (target, property, descriptor) => {
        const before = Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, descriptor.value);
        RouteConfig({ ...before, ...added })(target, property, descriptor);
    };
}
/** Restricts the endpoint to principals with any of these scopes. The scope is checked before the body is read. */
export function RequireScope(...scopes) {
    return applyDecorators(addRouteConfig({ access: scopes }), ApiBearerAuth(), ApiExtension(SCOPE_EXTENSION, scopes));
}
/** Opens the endpoint to all callers, authenticated or not. */
export function Public() {
    return addRouteConfig({ access: 'public' });
}
//# sourceMappingURL=access.decorator.js.map