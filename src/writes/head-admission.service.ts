import { Injectable, type Provider } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Settings } from '../config/settings.js';
import type { FailedRefusal } from '../delivery/admission/admission.js';
import { DeliveryService } from '../delivery/delivery.service.js';
import type { Route } from '../delivery/update.js';
import { type Head, HeadAdmission } from '../http/load-shedding.js';
import { callerOf } from '../security/principal.js';
import { isDryRun } from '../security/takes-dry-run.decorator.js';
import { resolveRoute } from './resolve-route.js';

/** The parameters that name another route than the default one. */
const ROUTE_PARAMETERS = ['source', 'accountId', 'attributionType', 'attributionCode'] as const;

type RouteQuery = Readonly<Record<string, unknown>>;

/** Whether the request sends updates. One with a key may have a stored response, which needs no call to the vendor. */
function sendsUpdates(request: FastifyRequest): boolean {
  const { writes } = request.routeOptions.config;
  return writes !== undefined && !isDryRun(request) && request.headers['idempotency-key'] === undefined;
}

function namesRoute(request: FastifyRequest): boolean {
  const query = request.query as RouteQuery;
  return ROUTE_PARAMETERS.some((name) => query[name] !== undefined);
}

/** Resolves the route of a request with a query that is not validated yet; undefined where it is refused for it later. */
function routeOf(request: FastifyRequest, settings: Settings): Route | undefined {
  const query = request.query as RouteQuery;
  if (ROUTE_PARAMETERS.some((name) => !['string', 'undefined'].includes(typeof query[name])))
    return undefined;
  try {
    return resolveRoute(query, settings, callerOf(request));
  } catch {
    return undefined;
  }
}

/** Asks delivery whether one more update of a route could be answered in time. */
@Injectable()
export class DeliveryHeadAdmission extends HeadAdmission {
  private readonly defaultRoute: Route;

  constructor(
    private readonly delivery: DeliveryService,
    private readonly settings: Settings,
  ) {
    super();
    this.defaultRoute = resolveRoute({}, settings, {});
  }

  refusalOfStranger({ request, deadlineAt }: Head): FailedRefusal | undefined {
    if (!sendsUpdates(request)) return undefined;
    const route = namesRoute(request) ? undefined : this.defaultRoute;
    return this.refusalOf(request, route, deadlineAt);
  }

  refusalOfCaller({ request, deadlineAt }: Head): FailedRefusal | undefined {
    if (!sendsUpdates(request) || !namesRoute(request)) return undefined;
    const route = routeOf(request, this.settings);
    return route && this.refusalOf(request, route, deadlineAt);
  }

  private refusalOf(
    { routeOptions: { config } }: FastifyRequest,
    route: Route | undefined,
    deadlineAt: number,
  ): FailedRefusal | undefined {
    const kind = config.writes;
    return this.delivery.refusalOfNext(route && kind && { route, kind }, deadlineAt);
  }
}

/** Provides it to the transport, which must not depend on this room. */
export const headAdmission: Provider = { provide: HeadAdmission, useClass: DeliveryHeadAdmission };
