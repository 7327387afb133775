import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { until } from './until.js';

const PROGRAM = process.env['PROMETHEUS'] ?? '/usr/bin/prometheus';
const RULES = new URL('../../ops/prometheus/alerts.yml', import.meta.url).pathname;

/** It ends after this time even if the tests are killed. */
const MOST_SECONDS = 240;

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [at: number, value: string])[];
}

/** A Prometheus that scrapes one target every second, with the alerts of ops/prometheus. */
export interface Prometheus {
  /** Evaluates a query at each second of a time, given in seconds since 1970. */
  range(query: string, from: number, to: number): Promise<readonly Series[]>;
  /** Returns the health of each rule, by its name. */
  rules(): Promise<Readonly<Record<string, string>>>;
  /** Returns the labels of the alerts that fire. */
  firing(): Promise<readonly Readonly<Record<string, string>>[]>;
  stop(): Promise<void>;
}

export interface PrometheusOptions {
  /** How long each alert waits before it fires, in place of its own time, as `3s`. */
  readonly alertsFireAfter?: string;
}

/** Whether this machine has Prometheus; otherwise warns that nothing is tested with it. */
export function hasPrometheus(): boolean {
  const isThere = existsSync(PROGRAM);
  if (!isThere) {
    console.warn(
      `NO PANEL OF THE DASHBOARD AND NO ALERT IS TESTED: there is no ${PROGRAM}. INSTALL PROMETHEUS, OR SET PROMETHEUS.`,
    );
  }
  return isThere;
}

/** @param target the address of the metrics, as `127.0.0.1:9464` */
export async function startPrometheus(
  target: string,
  { alertsFireAfter }: PrometheusOptions = {},
): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'meniscus-prometheus-'));
  const rulesFile = join(folder, 'alerts.yml');
  const ownRules = readFileSync(RULES, 'utf8');
  writeFileSync(
    rulesFile,
    alertsFireAfter === undefined
      ? ownRules
      : ownRules.replaceAll(/\bfor: \d+m\b/g, `for: ${alertsFireAfter}`),
  );
  const port = await freePort();
  const config = join(folder, 'prometheus.json');
  writeFileSync(
    config,
    JSON.stringify({
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: [rulesFile],
      scrape_configs: [{ job_name: 'meniscus', static_configs: [{ targets: [target] }] }],
    }),
  );
  const options = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=error',
  ];
  const child = spawn('timeout', [String(MOST_SECONDS), PROGRAM, ...options], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const base = `http://127.0.0.1:${port}`;
  const ask = async (path: string): Promise<Answer> => {
    const answer = await fetch(base + path);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`Prometheus answers ${answer.status} to ${path}: ${text}`);
    return (JSON.parse(text) as { data: Answer }).data;
  };
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`Prometheus ended with ${child.exitCode}`);
    return (await fetch(`${base}/-/ready`).catch(() => undefined))?.ok;
  });
  return {
    range: async (query, from, to) => {
      const asked = new URLSearchParams({ query, start: String(from), end: String(to), step: '1' });
      return (await ask(`/api/v1/query_range?${asked.toString()}`)).result;
    },
    rules: async () => {
      const { groups } = await ask('/api/v1/rules');
      return Object.fromEntries(
        groups.flatMap(({ rules }) => rules.map(({ name, health }) => [name, health])),
      );
    },
    firing: async () => {
      const { alerts } = await ask('/api/v1/alerts');
      return alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels);
    },
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Each path answers with one of them. */
interface Answer {
  readonly result: readonly Series[];
  readonly groups: readonly Group[];
  readonly alerts: readonly Alert[];
}

interface Alert {
  readonly state: string;
  readonly labels: Readonly<Record<string, string>>;
}

interface Group {
  readonly rules: readonly { readonly name: string; readonly health: string }[];
}
