import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fault, ReasonCode } from '../../src/operations/status/status-reason.dto.js';
import { makeKey } from '../../src/security/api-key.js';
import { aCustomerUpdate } from '../builders/a-customer-update.js';
import { startBrowser } from '../harness/browser.js';
import { copyPreparedData } from '../harness/databases.js';
import { fillDisk } from '../harness/fill-disk.js';
import { type Cluster, createDatabase, startClusterIfAny } from '../harness/postgres.js';
import { hasPrometheus, startPrometheus } from '../harness/prometheus.js';
import { type Service, keyRecord, startService } from '../harness/service.js';
import { until } from '../harness/until.js';
import { useFolder } from '../harness/use-folder.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { FaultWatch } from '../harness/watch-faults.js';

const isInstalled = hasPrometheus();
const flooder = makeKey();
const limitedFlooder = makeKey();
const KEYS = [
  keyRecord(flooder, { name: 'night-job' }),
  keyRecord(limitedFlooder, { name: 'retry-loop', limits: { requestsPerSecond: 5 } }),
];

const sandbox = useSandbox({ resetBeforeEach: true });
const disk = useFolder();
const ballast = join(disk, 'ballast');
let isMounted = false;
let cluster: Cluster | undefined;
let browser: Browser | undefined;
let flood: AbortController | undefined;

beforeAll(async () => {
  cluster = await startClusterIfAny();
  browser = await startBrowser();
  isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=160m', 'meniscus-test', disk]).status === 0;
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await cluster?.remove();
  if (isMounted) spawnSync('umount', [disk]);
});

const update = (service: Service, n: number, headers: Record<string, string> = {}) =>
  service.send(
    'PATCH',
    '/v1/customers',
    aCustomerUpdate({ identifiers: [{ type: 'mobile', value: String(918800000000 + n) }] }),
    headers,
  );

/** Sends requests at a steady rate, whether or not the earlier ones were answered, until it is stopped. */
async function send(
  service: Service,
  { perSecond, customers, key, stop, onAnswer }: LoadOptions,
): Promise<void> {
  const [from, count] = customers;
  for (let n = 0; !stop.aborted; n += 1) {
    const headers = {
      ...(key !== undefined && { Authorization: `Bearer ${key}` }),
      ...(n % 2 === 0 && { 'Idempotency-Key': randomUUID() }),
    };
    void update(service, from + (n % count), headers).then(
      ({ status, json }) =>
        onAnswer?.(`${status}${status < 400 ? '' : ` ${String(json.type).split('/').at(-1)}`}`),
      () => onAnswer?.('no answer'),
    );
    // oxlint-disable-next-line no-await-in-loop -- the rate
    await pause(1000 / perSecond);
  }
}

interface LoadOptions {
  readonly perSecond: number;
  /** Positions of the customers that are updated, one after the other. */
  readonly customers: readonly [from: number, count: number];
  readonly key?: string;
  readonly stop: AbortSignal;
  readonly onAnswer?: (what: string) => void;
}

function startFlood(service: Service, key: string): void {
  flood = new AbortController();
  void send(service, { perSecond: 60, customers: [0, 3], key, stop: flood.signal });
}

interface Drill {
  readonly name: string;
  /** Returns why this machine cannot do it. */
  readonly whyNot?: () => string | undefined;
  readonly environment?: () => Promise<Record<string, string>> | Record<string, string>;
  readonly inject: (service: Service) => unknown;
  readonly remove: () => unknown;
  /** How long the fault is there at least. */
  readonly seconds?: number;
  readonly says: { readonly fault: Fault; readonly code: ReasonCode; readonly detail: RegExp };
  readonly alert: string;
  /** The reason that remains for some minutes after the fault, as one that needs no action at once. */
  readonly remains?: ReasonCode;
  /** What the page shows beside the state. */
  readonly figures?: RegExp;
}

const DRILLS: Drill[] = [
  {
    name: 'the vendor hangs',
    inject: () => sandbox.fault({ kind: 'hang', times: -1 }),
    remove: () => sandbox.client.clearFaults(),
    seconds: 30,
    says: { fault: 'vendor', code: 'breaker-open', detail: /answer-timeout.*breaker/ },
    alert: 'MeniscusBreakerOpen',
  },
  {
    name: 'the vendor answers 429 for a minute',
    inject: () => sandbox.fault({ kind: 'status', status: 429, times: -1 }),
    remove: () => sandbox.client.clearFaults(),
    seconds: 60,
    says: { fault: 'vendor', code: 'pace-lowered', detail: /answers 429/ },
    alert: 'MeniscusVendorFails',
    remains: 'pace-lowered',
    figures: /of 300 a minute, slowed to 30 a minute/,
  },
  {
    name: 'the credentials are refused',
    inject: async () => {
      await sandbox.fault({ kind: 'status', status: 401, on: 'token', times: -1 });
      await sandbox.expireTokens();
    },
    remove: () => sandbox.client.clearFaults(),
    says: { fault: 'service', code: 'credentials-refused', detail: /refuses our credentials/ },
    alert: 'MeniscusCredentialsRefused',
  },
  {
    name: 'the database is gone',
    whyNot: () => (cluster ? undefined : 'there is no PostgreSQL on this machine that could be stopped'),
    environment: async () => ({ DATABASE_URL: await createDatabase(cluster?.url ?? '') }),
    inject: () => cluster?.stopServer(),
    remove: () => cluster?.startServer(),
    says: { fault: 'service', code: 'database-down', detail: /cannot be reached/ },
    alert: 'MeniscusDatabaseDown',
  },
  {
    name: 'one caller floods',
    inject: (service) => startFlood(service, flooder),
    remove: () => flood?.abort(),
    seconds: 30,
    says: { fault: 'caller', code: 'calls-used-up', detail: /api-key:night-job/ },
    alert: 'MeniscusOverloaded',
  },
  {
    name: 'one caller floods beyond the limit of its key',
    inject: (service) => startFlood(service, limitedFlooder),
    remove: () => flood?.abort(),
    says: { fault: 'caller', code: 'caller-limited', detail: /api-key:retry-loop/ },
    alert: 'MeniscusCallerLimited',
    remains: 'caller-limited',
  },
  {
    name: 'the disk is full',
    whyNot: () => (isMounted ? undefined : 'this machine does not allow to mount a small disk'),
    environment: () => {
      const DATA_DIR = join(disk, 'data');
      mkdirSync(DATA_DIR);
      copyPreparedData(DATA_DIR);
      return { DATA_DIR, AUDIT_LOG_FILE: join(disk, 'audit.log') };
    },
    inject: () => fillDisk(ballast),
    remove: () => rmSync(ballast),
    says: { fault: 'service', code: 'database-down', detail: /disk of the embedded database is full/ },
    alert: 'MeniscusDatabaseDown',
  },
];

const HEALTHY_MS = 6000;
const NAMED_WITHIN_MS = 60_000;
const WELL_WITHIN_MS = 100_000;
const DRILL_WITHIN_MS = 300_000;
const ALERTS_FIRE_AFTER = '5s';

/** Names the series that moved with the fault and did not move while all was well. */
function movedBetween(...[first, before, after]: readonly ReadonlyMap<string, number>[]): string[] {
  return [...(after ?? [])].flatMap(([series, value]) => {
    const was = before?.get(series) ?? 0;
    const isUsual = (first?.get(series) ?? 0) !== was;
    return isUsual || value === was ? [] : [`${series} ${was} → ${value}`];
  });
}

/** Makes the fault, waits until every place that a person looks at names it, removes it, and waits until all is well. */
async function drill(
  { name, inject, remove, seconds = 10, says, alert, remains, figures = /Pending/ }: Drill,
  service: Service,
  watch: FaultWatch,
): Promise<string[]> {
  await pause(1000);
  const first = await watch.metrics();
  await pause(HEALTHY_MS);
  const before = await watch.metrics();
  expect(watch.status?.reasons).toEqual([]);

  watch.mark(`fault: ${name}`);
  await inject(service);
  const isNamed = (): boolean => {
    const [reason] = watch.status?.reasons ?? [];
    return reason?.code === says.code && reason.fault === says.fault && says.detail.test(reason.detail);
  };
  await Promise.all([
    until(isNamed, Boolean, NAMED_WITHIN_MS),
    browser && until(() => says.detail.test(watch.pageText), Boolean, NAMED_WITHIN_MS),
    isInstalled && until(() => watch.alerts.includes(alert), Boolean, NAMED_WITHIN_MS),
    pause(1000 * seconds),
  ]);
  await watch.screenshot(name.replaceAll(' ', '-'));
  if (browser) expect(await watch.figuresText()).toMatch(figures);
  watch.noteAnswers();
  const moved = movedBetween(first, before, await watch.metrics());

  watch.mark('the fault is removed');
  await remove();
  const isWell = (): boolean =>
    watch.status?.reasons.every(({ code, state }) => code === remains && state === 'attention') ?? false;
  await until(isWell, Boolean, WELL_WITHIN_MS);
  await pause(3000);
  watch.noteAnswers();
  return moved;
}

/** All drills take minutes, so most runs have the two short ones: those of our side and of a caller. */
const chosen =
  process.env['DRILLS'] === 'all'
    ? DRILLS
    : DRILLS.filter(({ says }) => ['credentials-refused', 'caller-limited'].includes(says.code));

describe('the person on call sees the cause', () => {
  it.each(chosen)(
    'when $name',
    async (one) => {
      const why = one.whyNot?.();
      if (why !== undefined) {
        console.warn(`NOT DRILLED: ${one.name}, as ${why}`);
        return;
      }
      const settings = {
        UPSTREAM_CALLS_PER_MINUTE: '300',
        METRICS_PORT: '0',
        ...(await one.environment?.()),
      };
      await sandbox.set({ unknownCustomer: 'register' });
      const service = await startService(sandbox.url, settings, KEYS);
      const listening = await service.program.waitForEvent(({ event }) => event === 'metrics.listening');
      const metricsUrl = String(listening['url']);
      const prometheus = isInstalled
        ? await startPrometheus(new URL(metricsUrl).host, { alertsFireAfter: ALERTS_FIRE_AFTER })
        : undefined;
      const watch = await FaultWatch.begin({ service, metricsUrl, prometheus, browser });
      const stop = new AbortController();
      void send(service, {
        perSecond: 3,
        customers: [1000, 1000],
        stop: stop.signal,
        onAnswer: (what) => watch.countAnswer(what),
      });
      let moved: string[] = [];
      try {
        moved = await drill(one, service, watch);
        expect(moved).not.toEqual([]);
      } finally {
        flood?.abort();
        stop.abort();
        await watch.end(one.name.replaceAll(' ', '-'), moved);
        await service.stop();
        await prometheus?.stop();
      }
    },
    DRILL_WITHIN_MS,
  );
});
