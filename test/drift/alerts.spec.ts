import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { METRICS } from '../../src/observability/metrics/metric-catalog.js';
import { metricsIn, readPanels } from '../harness/dashboard.js';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const PROMTOOL = '/usr/bin/promtool';

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string; readonly who: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
}

interface AlertTest {
  readonly promql_expr_test: { readonly exp_samples: { readonly labels: string }[] }[];
}

const { groups } = parse(read('ops/prometheus/alerts.yml')) as { groups: { rules: Alert[] }[] };
const alerts = groups.flatMap(({ rules }) => rules);
const names = alerts.map(({ alert }) => alert);

/** Metrics that Prometheus makes itself. */
const OF_PROMETHEUS = ['up'];

describe('ops/prometheus/alerts.yml', () => {
  it.each(alerts.map((alert) => [alert.alert, alert] as const))(
    'says how urgent the alert is, who is asked, and where its runbook is: %s',
    (name, { labels, annotations }) => {
      expect(labels.severity).toMatch(/^(?:page|ticket)$/);
      expect(labels.who).toMatch(/^(?:we|vendor|caller)$/);
      expect(annotations.summary).not.toBe('');
      expect(annotations.runbook).toBe(`docs/operations/alerts.md#${name.toLowerCase()}`);
    },
  );

  it('has alerts that the runbook explains, once each and in the part of who is asked', () => {
    const [, ...parts] = read('docs/operations/alerts.md').split(/^## /m);
    const explained = parts.flatMap((part) => {
      const who = { We: 'we', 'The vendor': 'vendor', 'A caller': 'caller' }[part.split('\n')[0] ?? ''];
      return [...part.matchAll(/^### (\S+)\n\n\S/gm)].map(([, name]) => `${who}: ${name}`);
    });
    expect(explained).toEqual(alerts.map(({ alert, labels }) => `${labels.who}: ${alert}`));
  });

  it('names only metrics that the service has', () => {
    const known = new Set([...Object.keys(METRICS), ...OF_PROMETHEUS]);
    const named = alerts.flatMap(({ expr }) => metricsIn(expr));
    expect(named.length).toBeGreaterThan(alerts.length);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  it('has, for each alert, a test in which it fires', () => {
    const { tests } = parse(read('ops/prometheus/alerts.test.yml')) as { tests: AlertTest[] };
    const fired = tests.flatMap(({ promql_expr_test: at }) =>
      at.flatMap(({ exp_samples: samples }) =>
        samples.map(({ labels }) => /alertname="(\w+)"/.exec(labels)?.[1]),
      ),
    );
    expect(new Set(fired)).toEqual(new Set(names));
    // Each case begins at a time at which nothing fires.
    for (const { promql_expr_test: at } of tests) expect(at[0]?.exp_samples).toEqual([]);
  });

  if (!existsSync(PROMTOOL)) console.warn('PROMTOOL DOES NOT TEST THE ALERTS. INSTALL PROMETHEUS.');
  it.skipIf(!existsSync(PROMTOOL)).each([
    ['check', 'config', 'prometheus.yml'],
    ['check', 'rules', 'alerts.yml'],
    ['test', 'rules', 'alerts.test.yml'],
  ])(
    'passes promtool %s %s %s',
    (...args) => {
      const { status, stdout, stderr } = spawnSync(PROMTOOL, args, {
        cwd: join(ROOT, 'ops/prometheus'),
        encoding: 'utf8',
      });
      expect({ status, text: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, text: '' });
    },
    120_000,
  );
});

describe('ops/grafana/meniscus.json', () => {
  const panels = readPanels();

  it('has a row for each party, and a number of its own for each panel', () => {
    const rows = [...new Set(panels.map(({ row }) => row))];
    expect(rows).toEqual(['In short', 'We', 'The vendor', 'Callers', 'What is stored']);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  });

  it('asks only for metrics that the service has, and leaves none out', () => {
    const asked = panels.flatMap(({ queries }) => queries.flatMap(metricsIn));
    const known = Object.keys(METRICS);
    expect(asked.filter((name) => !known.includes(name) && !OF_PROMETHEUS.includes(name))).toEqual([]);
    expect(known.filter((name) => !asked.includes(name))).toEqual([]);
  });
});
