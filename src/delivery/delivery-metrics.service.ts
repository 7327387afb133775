import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Metrics } from '../observability/metrics/metrics.js';
import { AuthorizedHttp } from '../upstream/authorized-http.js';
import { CallQuota } from '../upstream/call-quota.js';
import { Clock } from './clock.js';
import { DeliveryService } from './delivery.service.js';

const CLASSES = ['interactive', 'background'] as const;
const KINDS = ['customer', 'association'] as const;

/** Provides the metrics of what waits, and of what the vendor can take. */
@Injectable()
export class DeliveryMetrics implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly delivery: DeliveryService,
    private readonly http: AuthorizedHttp,
    private readonly quota: CallQuota,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    const { metrics, delivery, http, quota, clock } = this;
    metrics.read('meniscus_pending_updates', () => {
      const { pending } = delivery.figures();
      return CLASSES.map((one) => ({ labels: { class: one }, value: pending[one].count }));
    });
    metrics.read('meniscus_oldest_pending_update_age_seconds', () => {
      const { pending } = delivery.figures();
      return CLASSES.map((one) => ({ labels: { class: one }, value: pending[one].oldestMs / 1000 }));
    });
    metrics.readOne('meniscus_retry_budget_calls', () => delivery.figures().retryCalls);
    metrics.read('meniscus_max_call_updates', () => {
      const { boundsOf } = delivery.figures();
      return KINDS.map((kind) => ({ labels: { kind }, value: boundsOf[kind].itemCount }));
    });
    metrics.read('meniscus_max_call_bytes', () => {
      const { boundsOf } = delivery.figures();
      return KINDS.map((kind) => ({ labels: { kind }, value: boundsOf[kind].bodyBytes }));
    });
    metrics.readState('meniscus_breaker_state', () => delivery.breakerState);
    metrics.readState('meniscus_credentials_state', () => http.credentialState);
    metrics.readOne('meniscus_calls_left', () => quota.left(clock.now()));
    metrics.readOne('meniscus_learned_calls_per_minute', () => quota.learnedPerMinute);
  }
}
