import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { Database } from '../../database/database.js';
import { DeliveryService } from '../../delivery/delivery.service.js';
import { HealthRegistry, type VendorState } from '../../observability/health-registry.js';
import { Instance } from '../../observability/instance.js';
import { Metrics } from '../../observability/metrics/metrics.js';
import { RecentCallers } from '../../observability/recent-callers.js';
import { RecentLoopDelay } from '../../observability/recent-loop-delay.js';
import { type Figures, type OpenImport, StoredFigures } from '../../records/stored-figures.js';
import { CallQuota } from '../../upstream/call-quota.js';
import { findReasons } from './find-reasons.js';
import type { PendingDto, StatusDto, StatusInstanceDto, StatusVendorDto } from './status.dto.js';
import type { StatusDatabaseDto, StatusImportDto } from './stored-status.dto.js';

/** Bounds the callers that are listed. */
const MAX_CALLERS = 10;

const BEFORE_DELIVERY: VendorState = {
  breaker: 'closed',
  connection: 'no-fault',
  credentials: 'unused',
  budgetLeft: null,
};

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
const tenths = (ms: number): number => Math.round(ms / 100) / 10;

/** Puts together what each part of the service knows; every figure is one that metrics report too. */
@Injectable()
export class StatusService {
  constructor(
    private readonly settings: Settings,
    private readonly instance: Instance,
    private readonly health: HealthRegistry,
    private readonly metrics: Metrics,
    private readonly loop: RecentLoopDelay,
    private readonly callers: RecentCallers,
    private readonly delivery: DeliveryService,
    private readonly quota: CallQuota,
    private readonly stored: StoredFigures,
    private readonly database: Database,
  ) {}

  async read(): Promise<StatusDto> {
    const { figures, isUp } = await this.stored.current();
    const facts = {
      at: new Date().toISOString(),
      instance: this.readInstance(),
      ...(figures && toStored(figures, this.instance.id)),
      vendor: this.readVendor(),
      pending: this.readPending(),
      database: this.readDatabase(isUp, figures),
      lost: {
        logLines: this.metrics.valueOf('meniscus_log_lines_lost_total'),
        auditEvents: this.metrics.valueOf('meniscus_audit_events_not_written_total'),
      },
      eventLoop: this.loop.figures(),
      callers: this.callers.list().slice(0, MAX_CALLERS),
    };
    const reasons = findReasons(facts, {
      settings: this.settings,
      notReady: this.health.notReady(),
      busiest: this.callers.busiest(),
    });
    const [first] = reasons;
    return { state: first?.state ?? 'ok', fault: first?.fault ?? 'none', reasons, ...facts };
  }

  private readInstance(): StatusInstanceDto {
    const { id, version, nodeVersion, startedAt } = this.instance;
    const uptimeSeconds = Math.floor(performance.now() / 1000);
    return { id, version, nodeVersion, startedAt: startedAt.toISOString(), uptimeSeconds };
  }

  private readVendor(): StatusVendorDto {
    const { breaker, connection, credentials, budgetLeft } = this.health.vendorState?.() ?? BEFORE_DELIVERY;
    const { boundsOf, retryCalls, callMs, latestFailure } = this.delivery.figures();
    const now = performance.now();
    const sizeOf = (kind: keyof typeof boundsOf) => ({
      updates: boundsOf[kind].itemCount,
      bytes: boundsOf[kind].bodyBytes,
    });
    return {
      breaker,
      connection,
      latestCall: latestFailure ?? 'no-fault',
      callMs: Math.round(callMs),
      credentials,
      callsPerMinute: this.settings.UPSTREAM_CALLS_PER_MINUTE || null,
      callsLeft: budgetLeft,
      nextCallInMs: Math.max(0, Math.ceil(this.quota.nextAt(now, 'reserved') - now)),
      paceRefusals: this.quota.refusals(now),
      learnedCallsPerMinute: finite(this.quota.learnedPerMinute),
      callSizes: { customer: sizeOf('customer'), association: sizeOf('association') },
      retryCalls,
    };
  }

  private readPending(): PendingDto {
    const { pending } = this.delivery.figures();
    const classOf = (name: keyof typeof pending) => {
      const { count, bytes, oldestMs } = pending[name];
      return { count, bytes, oldestSeconds: tenths(oldestMs) };
    };
    return { interactive: classOf('interactive'), background: classOf('background') };
  }

  private readDatabase(isUp: boolean, figures: Figures | undefined): StatusDatabaseDto {
    const reason = this.database.whyUnavailable() ?? 'the database does not answer within a second';
    return {
      driver: this.database.driver,
      state: isUp ? 'up' : 'down',
      ...(!isUp && { reason }),
      ...(figures && {
        latencyMs: Math.round(figures.latencyMs * 10) / 10,
        readAt: figures.readAt.toISOString(),
      }),
    };
  }
}

function toImportDto({ waitingFor, createdAt, ...open }: OpenImport): StatusImportDto {
  return { ...open, ...(waitingFor !== null && { waitingFor }), createdAt: createdAt.toISOString() };
}

function toStored(
  figures: Figures,
  thisId: string,
): Required<Pick<StatusDto, 'instances' | 'imports' | 'credits'>> {
  return {
    instances: figures.instances.map(({ id, version, startedAt, seenAt, isMissing }) => ({
      id,
      version,
      startedAt: startedAt.toISOString(),
      lastSeenAt: seenAt.toISOString(),
      isMissing,
      isThis: id === thisId,
    })),
    imports: { byState: figures.imports, inProgress: figures.openImports.map(toImportDto) },
    credits: { inDoubt: figures.creditCount, oldestSeconds: Math.round(figures.oldestCreditSeconds) },
  };
}
