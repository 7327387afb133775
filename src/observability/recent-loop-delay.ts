import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';

/** How often the delay is measured: rarely enough that an idle process hardly wakes up. */
export const RESOLUTION_MS = 50;

const WINDOW_MS = 10_000;

export interface LoopDelayFigures {
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Node counts the time between two measurements, of which the resolution is no delay. */
export function delaySeconds(ns: number): number {
  return Math.max(0, ns / 1e9 - RESOLUTION_MS / 1000);
}

const toMs = (ns: number): number => Math.round(delaySeconds(ns) * 10_000) / 10;

/**
 * Measures how late the event loop was lately, for people. The metric has a measurement of its own, which begins again at
 * each scrape: a person who looks must not take anything from Prometheus.
 */
@Injectable()
export class RecentLoopDelay implements OnModuleInit, OnApplicationShutdown {
  private readonly delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private before: LoopDelayFigures = { p99Ms: 0, maxMs: 0 };
  private next: NodeJS.Timeout | undefined;

  onModuleInit(): void {
    this.delay.enable();
    this.next = setInterval(() => this.beginWindow(), WINDOW_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.next);
    this.delay.disable();
  }

  /** Returns the figures of this window and of the one before it. */
  figures(): LoopDelayFigures {
    const { before } = this;
    const now = this.read();
    return { p99Ms: Math.max(before.p99Ms, now.p99Ms), maxMs: Math.max(before.maxMs, now.maxMs) };
  }

  private beginWindow(): void {
    this.before = this.read();
    this.delay.reset();
  }

  private read(): LoopDelayFigures {
    if (this.delay.count === 0) return { p99Ms: 0, maxMs: 0 };
    return { p99Ms: toMs(this.delay.percentile(99)), maxMs: toMs(this.delay.max) };
  }
}
