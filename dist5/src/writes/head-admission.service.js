var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { DeliveryService } from '../delivery/delivery.service.js';
import { HeadAdmission } from '../http/load-shedding.js';
import { callerOf } from '../security/principal.js';
import { isDryRun } from '../security/takes-dry-run.decorator.js';
import { resolveRoute } from './resolve-route.js';
/** The parameters that name another route than the default one. */
const ROUTE_PARAMETERS = ['source', 'accountId', 'attributionType', 'attributionCode'];
/** Whether the request sends updates. One with a key may have a stored response, which needs no call to the vendor. */
function sendsUpdates(request) {
    const { writes } = request.routeOptions.config;
    return writes !== undefined && !isDryRun(request) && request.headers['idempotency-key'] === undefined;
}
function namesRoute(request) {
    const query = request.query;
    return ROUTE_PARAMETERS.some((name) => query[name] !== undefined);
}
/** Resolves the route of a request with a query that is not validated yet; undefined where it is refused for it later. */
function routeOf(request, settings) {
    const query = request.query;
    if (ROUTE_PARAMETERS.some((name) => !['string', 'undefined'].includes(typeof query[name])))
        return undefined;
    try {
        return resolveRoute(query, settings, callerOf(request));
    }
    catch {
        return undefined;
    }
}
/** Asks delivery whether one more update of a route could be answered in time. */
let DeliveryHeadAdmission = class DeliveryHeadAdmission extends HeadAdmission {
    delivery;
    settings;
    defaultRoute;
    constructor(delivery, settings) {
        super();
        this.delivery = delivery;
        this.settings = settings;
        this.defaultRoute = resolveRoute({}, settings, {});
    }
    refusalOfStranger({ request, deadlineAt }) {
        if (!sendsUpdates(request))
            return undefined;
        const route = namesRoute(request) ? undefined : this.defaultRoute;
        return this.refusalOf(request, route, deadlineAt);
    }
    refusalOfCaller({ request, deadlineAt }) {
        if (!sendsUpdates(request) || !namesRoute(request))
            return undefined;
        const route = routeOf(request, this.settings);
        return route && this.refusalOf(request, route, deadlineAt);
    }
    refusalOf({ routeOptions: { config } }, route, deadlineAt) {
        const kind = config.writes;
        return this.delivery.refusalOfNext(route && kind && { route, kind }, deadlineAt);
    }
};
DeliveryHeadAdmission = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [DeliveryService,
        Settings])
], DeliveryHeadAdmission);
export { DeliveryHeadAdmission };
/** Provides it to the transport, which must not depend on this room. */
export const headAdmission = { provide: HeadAdmission, useClass: DeliveryHeadAdmission };
//# sourceMappingURL=head-admission.service.js.map