import {
  type PerformanceEntry,
  PerformanceObserver,
  constants,
  monitorEventLoopDelay,
  performance,
} from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Instance } from '../instance.js';
import { RESOLUTION_MS, delaySeconds } from '../recent-loop-delay.js';
import type { LabelsOf } from './metric-catalog.js';
import { Metrics } from './metrics.js';

type GcKind = LabelsOf<'nodejs_gc_duration_seconds'>['kind'];

/** An entry of the type `gc`, as Node documents it. */
interface GcEntry extends PerformanceEntry {
  readonly detail: { readonly kind: number };
}

const GC_KINDS: Readonly<Record<number, GcKind>> = {
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'minor',
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'major',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weakcb',
};

/**
 * Provides the metrics of the process. Those of prom-client do not serve: their names break the conventions, and they
 * list all open connections at every scrape.
 */
@Injectable()
export class ProcessMetrics implements OnModuleInit, OnApplicationShutdown {
  private readonly delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private readonly collections = new PerformanceObserver((list) => {
    for (const { duration, detail } of list.getEntries() as GcEntry[]) {
      const kind = GC_KINDS[detail.kind];
      if (kind) this.metrics.observe('nodejs_gc_duration_seconds', { kind }, duration / 1000);
    }
  });
  private utilization = performance.eventLoopUtilization();

  constructor(
    private readonly metrics: Metrics,
    private readonly instance: Instance,
  ) {}

  onModuleInit(): void {
    this.delay.enable();
    this.collections.observe({ entryTypes: ['gc'] });
    const { metrics } = this;
    const labels = { version: this.instance.version, node: this.instance.nodeVersion };
    metrics.read('meniscus_build_info', () => [{ labels, value: 1 }]);
    metrics.read('nodejs_eventloop_delay_seconds', () => this.readDelay());
    metrics.readOne('nodejs_eventloop_utilization_ratio', () => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, this.utilization);
      this.utilization = now;
      return utilization;
    });
    metrics.readOne('nodejs_heap_used_bytes', () => process.memoryUsage().heapUsed);
    metrics.readOne('nodejs_heap_size_bytes', () => process.memoryUsage().heapTotal);
    metrics.readOne('nodejs_heap_limit_bytes', () => getHeapStatistics().heap_size_limit);
    metrics.readOne('nodejs_external_memory_bytes', () => process.memoryUsage().external);
    metrics.readOne('process_resident_memory_bytes', () => process.memoryUsage.rss());
    metrics.readOne('process_cpu_seconds_total', () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    });
    metrics.readOne('process_start_time_seconds', () => performance.timeOrigin / 1000);
  }

  onApplicationShutdown(): void {
    this.delay.disable();
    this.collections.disconnect();
  }

  private readDelay() {
    const { delay } = this;
    const isEmpty = delay.count === 0;
    const ns = { median: delay.percentile(50), p99: delay.percentile(99), max: delay.max };
    delay.reset();
    return (['median', 'p99', 'max'] as const).map((statistic) => ({
      labels: { statistic },
      value: isEmpty ? 0 : delaySeconds(ns[statistic]),
    }));
  }
}
