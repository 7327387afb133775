import { Injectable } from '@nestjs/common';
import { Registry, type RegistryContentType } from 'prom-client';
import { Metrics } from './metrics.js';

export interface Exposition {
  readonly contentType: RegistryContentType;
  readonly body: string;
}

/** Returns the best quality that an Accept header gives to a media type that it names; 0 if it does not name it. */
function qualityOf(mediaType: string, accept: string): number {
  const qualities = accept.split(',').flatMap((range) => {
    const [name, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    if (name !== mediaType) return [];
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    return [quality === undefined ? 1 : Number(quality.slice(2)) || 0];
  });
  return Math.max(0, ...qualities);
}

/** Chooses OpenMetrics, which has exemplars, only for a client that names it and does not prefer plain text. */
export function formatFor(accept = ''): RegistryContentType {
  const openMetrics = qualityOf('application/openmetrics-text', accept);
  return openMetrics > 0 && openMetrics >= qualityOf('text/plain', accept)
    ? Registry.OPENMETRICS_CONTENT_TYPE
    : Registry.PROMETHEUS_CONTENT_TYPE;
}

/** Writes all metrics as text. Scrapes that arrive during one share it, so that many cost as much as one. */
@Injectable()
export class MetricsText {
  private readonly underWay = new Map<RegistryContentType, Promise<Exposition>>();
  /** The registry has one format at a time. */
  private last: Promise<unknown> = Promise.resolve();
  private readonly preparations: (() => Promise<void>)[] = [];

  constructor(private readonly metrics: Metrics) {}

  /** @param prepare runs before each scrape; it must not throw, and must end soon */
  beforeScrape(prepare: () => Promise<void>): void {
    this.preparations.push(prepare);
  }

  /** @param accept the header of the client */
  async scrape(accept?: string): Promise<Exposition> {
    const format = formatFor(accept);
    const shared = this.underWay.get(format);
    if (shared) return shared;
    const scrape = this.last.then(() => this.write(format)).finally(() => this.underWay.delete(format));
    this.underWay.set(format, scrape);
    this.last = scrape.catch(() => undefined);
    return scrape;
  }

  private async write(contentType: RegistryContentType): Promise<Exposition> {
    await Promise.all(this.preparations.map((prepare) => prepare()));
    const { registry } = this.metrics;
    registry.setContentType(contentType);
    const all = registry.getMetricsAsArray();
    const names = all.map(({ name }) => name);
    try {
      return { contentType, body: await registry.metrics() };
    } finally {
      // In OpenMetrics, prom-client removes `_total` from the name of a counter, and would not put it back.
      all.forEach((metric, index) => Object.assign(metric, { name: names[index] }));
    }
  }
}
