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
import { HealthRegistry } from '../observability/health-registry.js';
import { AuthorizedHttp } from '../upstream/authorized-http.js';
import { CallQuota } from '../upstream/call-quota.js';
import { Clock } from './clock.js';
import { DeliveryService } from './delivery.service.js';
/** Informs readiness about the vendor. */
let VendorHealth = class VendorHealth {
    health;
    delivery;
    http;
    quota;
    clock;
    constructor(health, delivery, http, quota, clock) {
        this.health = health;
        this.delivery = delivery;
        this.http = http;
        this.quota = quota;
        this.clock = clock;
    }
    onModuleInit() {
        this.health.vendorState = () => {
            const left = this.quota.left(this.clock.now());
            return {
                breaker: this.delivery.breakerState,
                credentials: this.http.credentialState,
                budgetLeft: Number.isFinite(left) ? left : null,
            };
        };
    }
};
VendorHealth = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [HealthRegistry,
        DeliveryService,
        AuthorizedHttp,
        CallQuota,
        Clock])
], VendorHealth);
export { VendorHealth };
//# sourceMappingURL=vendor-health.service.js.map