import { METRICS, type MetricDefinition } from '../../src/observability/metrics/metric-catalog.js';

function describeLabels({ labels = {} }: MetricDefinition): string {
  return Object.entries(labels)
    .map(([label, values]) => {
      const listed = typeof values === 'string' ? values : values.map((one) => `\`${one}\``).join(', ');
      return `\`${label}\`: ${listed}`;
    })
    .join('<br>');
}

/** Writes docs/metrics.md: every metric with its type, its labels and what it means. */
export function describeMetrics(): string {
  const rows = Object.entries<MetricDefinition>(METRICS).map(
    ([name, definition]) =>
      `| \`${name}\` | ${definition.type} | ${describeLabels(definition)} | ${definition.help} |`,
  );
  return [
    '# Metrics',
    '',
    'This table lists every metric that `GET /metrics` returns, and the values of its labels. [Operations](operations.md#metrics)',
    'says how to scrape them. A histogram has the series `_bucket`, `_sum` and `_count`. Unless a row says otherwise, a metric is',
    'about the instance that is scraped. `npm run generate` writes this file; a test compares it with the code.',
    '',
    '| metric | type | labels | meaning |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
