import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';

/** How often the delay is measured: rarely enough that an idle process hardly wakes up. */
export const RESOLUTION_MS = 50;

const WINDOW_MS = 10_000;

/** Fewer measurements than this, about a second, would show the start of the process. */
const MIN_MEASUREMENTS = 20;

export interface LoopDelayFigures {
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Node counts the time between two measurements, and the resolution is the part of it that is no delay. */
export function delaySeconds(ns: number): number {
  return Math.max(0, ns / 1e9 - RESOLUTION_MS / 1000);
}

const NONE: LoopDelayFigures = { medianMs: 0, p99Ms: 0, maxMs: 0 };

const toMs = (ns: number): number => Math.round(delaySeconds(ns) * 10_000) / 10;

/**
 * Measures how late the event loop was lately, for people. The metric has a measurement of its own, which begins again at
 * each scrape: a person who looks must not take anything from Prometheus.
 */
@Injectable()
export class RecentLoopDelay implements OnModuleInit, OnApplicationShutdown {
  private readonly delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private before = NONE;
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
    return {
      medianMs: Math.max(before.medianMs, now.medianMs),
      p99Ms: Math.max(before.p99Ms, now.p99Ms),
      maxMs: Math.max(before.maxMs, now.maxMs),
    };
  }

  private beginWindow(): void {
    this.before = this.read();
    this.delay.reset();
  }

  private read(): LoopDelayFigures {
    const { delay } = this;
    if (delay.count < MIN_MEASUREMENTS) return NONE;
    return {
      medianMs: toMs(delay.percentile(50)),
      p99Ms: toMs(delay.percentile(99)),
      maxMs: toMs(delay.max),
    };
  }
}
