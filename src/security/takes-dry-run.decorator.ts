import type { FastifyRequest } from 'fastify';
import { addRouteConfig } from './access.decorator.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    takesDryRun?: true;
  }
}

/** Declares that the endpoint accepts `dryRun`. Other endpoints ignore the parameter, so their writes are audited. */
export function TakesDryRun(): MethodDecorator {
  return addRouteConfig({ takesDryRun: true });
}

/** Whether a request is a dry run, which changes nothing. */
export function isDryRun({ query, routeOptions }: FastifyRequest): boolean {
  const { takesDryRun } = routeOptions.config;
  return takesDryRun === true && (query as Record<string, unknown>)['dryRun'] === 'true';
}
