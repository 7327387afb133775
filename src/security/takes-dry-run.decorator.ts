import type { FastifyRequest } from 'fastify';
import { addRouteConfig } from './access.decorator.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    takesDryRun?: true;
  }
}

/** The endpoint takes `dryRun`. At other endpoints the parameter means nothing, so a write leaves its audit event. */
export function TakesDryRun(): MethodDecorator {
  return addRouteConfig({ takesDryRun: true });
}

/** Whether a request changes nothing, as it is a dry run. */
export function isDryRun({ query, routeOptions }: FastifyRequest): boolean {
  const { takesDryRun } = routeOptions.config;
  return takesDryRun === true && (query as Record<string, unknown>)['dryRun'] === 'true';
}
