import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HealthRegistry } from '../observability/health-registry.js';
import { AuthorizedHttp } from '../upstream/authorized-http.js';
import { CallQuota } from '../upstream/call-quota.js';
import { VendorHttp } from '../upstream/vendor-http.js';
import { Clock } from './clock.js';
import { DeliveryService } from './delivery.service.js';

/** Informs readiness about the vendor. */
@Injectable()
export class VendorHealth implements OnModuleInit {
  constructor(
    private readonly health: HealthRegistry,
    private readonly delivery: DeliveryService,
    private readonly http: AuthorizedHttp,
    private readonly connections: VendorHttp,
    private readonly quota: CallQuota,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.health.vendorState = () => {
      const left = this.quota.left(this.clock.now());
      return {
        breaker: this.delivery.breakerState,
        connection: this.connections.connectionFailure ?? 'no-fault',
        credentials: this.http.credentialState,
        budgetLeft: Number.isFinite(left) ? left : null,
      };
    };
  }
}
