import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { MetricsText, formatFor } from './exposition.js';
import { Metrics } from './metrics.js';

const OPEN = Registry.OPENMETRICS_CONTENT_TYPE;
const PLAIN = Registry.PROMETHEUS_CONTENT_TYPE;

describe(formatFor, () => {
  it.each([
    [undefined, PLAIN],
    ['', PLAIN],
    ['*/*', PLAIN],
    ['text/html, application/json;q=0.9', PLAIN],
    ['application/openmetrics-text', OPEN],
    ['Application/OpenMetrics-Text; version=1.0.0; q=0', PLAIN],
    ['application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.4,*/*;q=0.1', OPEN],
    ['application/openmetrics-text;q=0.2, text/plain;q=0.3', PLAIN],
  ])('of %j is %s', (accept, format) => expect(formatFor(accept)).toBe(format));
});

describe(MetricsText.name, () => {
  it('writes the names of counters alike in turns of both formats, and at the same time', async () => {
    const metrics = new Metrics();
    const text = new MetricsText(metrics);
    metrics.count('meniscus_database_losses_total', {});
    for (let round = 0; round < 2; round += 1) {
      // oxlint-disable-next-line no-await-in-loop -- in turns
      const [open, plain] = await Promise.all([text.scrape(OPEN), text.scrape()]);
      expect(open.body).toContain(
        '# TYPE meniscus_database_losses counter\nmeniscus_database_losses_total 1\n',
      );
      expect(plain.body).toContain(
        '# TYPE meniscus_database_losses_total counter\nmeniscus_database_losses_total 1\n',
      );
    }
  });

  it('shares one scrape among those that arrive during it', async () => {
    const text = new MetricsText(new Metrics());
    let prepared = 0;
    text.beforeScrape(async () => {
      prepared += 1;
    });
    await Promise.all([text.scrape(), text.scrape(), text.scrape(PLAIN)]);
    expect(prepared).toBe(1);
    await text.scrape();
    expect(prepared).toBe(2);
  });

  it('goes on after a scrape that failed', async () => {
    const metrics = new Metrics();
    const text = new MetricsText(metrics);
    let isBroken = true;
    metrics.readOne('meniscus_calls_left', () => {
      if (isBroken) throw new Error('broken');
      return 1;
    });
    await expect(text.scrape(OPEN)).rejects.toThrow('broken');
    isBroken = false;
    expect((await text.scrape()).body).toContain('\nmeniscus_calls_left 1\n');
  });
});
