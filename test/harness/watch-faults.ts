import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import type { StatusDto } from '../../src/operations/status/status.dto.js';
import { parseMetrics } from './parse-metrics.js';
import type { Prometheus } from './prometheus.js';
import type { Service } from './service.js';

const LOOK_EVERY_MS = 250;
const REPORTS = new URL('../../artifacts/fault-drill/', import.meta.url).pathname;

/** Where a person on call may look. */
const PLACES = ['status', 'reason', 'ready', 'alerts', 'page', 'answers'] as const;
type Place = (typeof PLACES)[number];

/** What a place showed from a moment on. */
interface Sighting {
  readonly at: number;
  readonly place: Place;
  readonly says: string;
}

export interface Watched {
  readonly service: Service;
  readonly metricsUrl: string;
  readonly prometheus: Prometheus | undefined;
  readonly browser: Browser | undefined;
}

/** A sentence with other figures is the same one. */
const withoutNumbers = (text: string): string => text.replaceAll(/\d+(?:\.\d+)?/g, '#');

/** Looks at a service as a person on call does, all the time, and keeps when each place began to show what. */
export class FaultWatch {
  private readonly sightings: Sighting[] = [];
  private readonly marks: { readonly at: number; readonly what: string }[] = [];
  private readonly latest = new Map<Place, string>();
  private readonly answers = new Map<string, number>();
  private readonly alertNames = new Set<string>();
  private page: Page | undefined;
  private isOver = false;
  private readonly ended: Promise<unknown>;
  /** The latest answer of `GET /v1/status`. */
  status: StatusDto | undefined;

  private constructor(private readonly watched: Watched) {
    this.ended = Promise.all([
      this.lookAgain(() => this.lookAtStatus()),
      this.lookAgain(() => this.lookAtReadiness()),
      this.lookAgain(() => this.lookAtAlerts()),
      this.lookAgain(() => this.lookAtPage()),
    ]);
  }

  static async begin(watched: Watched): Promise<FaultWatch> {
    const watch = new FaultWatch(watched);
    await watch.openPage();
    return watch;
  }

  /** The names of the alerts that have fired. */
  get alerts(): readonly string[] {
    return [...this.alertNames].toSorted();
  }

  /** What the page shows of the state: the verdict and the reasons. */
  get pageText(): string {
    return this.latest.get('page') ?? '';
  }

  /** What the page shows of the figures beside the state; undefined without a browser. */
  async figuresText(): Promise<string | undefined> {
    return this.page?.locator('.status .figures').innerText();
  }

  /** Notes a moment, from which the times of the report count. */
  mark(what: string): void {
    this.marks.push({ at: Date.now(), what });
    this.answers.clear();
  }

  /** Counts an answer of the service to a request of the load. */
  countAnswer(what: string): void {
    this.answers.set(what, (this.answers.get(what) ?? 0) + 1);
  }

  /** Notes how the requests since the latest mark were answered. */
  noteAnswers(): void {
    const counts = [...this.answers].map(([what, count]) => `${count} × ${what}`);
    this.sightings.push({ at: Date.now(), place: 'answers', says: counts.join(', ') });
  }

  /** Reads the series of the service that are no part of a histogram. */
  async metrics(): Promise<ReadonlyMap<string, number>> {
    const text = await (await fetch(`${this.watched.metricsUrl}/metrics`)).text();
    const samples = [...parseMetrics(text).values()].flatMap((family) => family.samples);
    return new Map(
      samples
        .filter(({ name }) => name.startsWith('meniscus_') && !/_(?:bucket|sum|count)$/.test(name))
        .map(({ name, labels, value }) => [
          `${name}{${Object.entries(labels)
            .map(([label, of]) => `${label}=${of}`)
            .join(',')}}`,
          value,
        ]),
    );
  }

  async screenshot(name: string): Promise<void> {
    mkdirSync(REPORTS, { recursive: true });
    await this.page?.screenshot({ path: join(REPORTS, `${name}.png`), fullPage: true });
  }

  /** Ends the watch, and writes what was seen to `artifacts/fault-drill/`. */
  async end(name: string, moved: readonly string[]): Promise<void> {
    this.isOver = true;
    await this.ended;
    await this.page?.context().close();
    mkdirSync(REPORTS, { recursive: true });
    writeFileSync(join(REPORTS, `${name}.txt`), `${this.report(moved).join('\n')}\n`);
  }

  private report(moved: readonly string[]): string[] {
    const marks = this.marks.map(({ at, what }) => ({ at, place: 'MARK' as const, says: what }));
    let from = this.marks[0]?.at ?? 0;
    const lines = [...marks, ...this.sightings]
      .toSorted((one, other) => one.at - other.at)
      .map(({ at, place, says }) => {
        if (place === 'MARK') from = at;
        return `${((at - from) / 1000).toFixed(1).padStart(6)} s  ${place.padEnd(7)}  ${says}`;
      });
    return [...lines, 'Metrics that moved with the fault:', ...moved.map((one) => `  ${one}`)];
  }

  private async lookAgain(look: () => Promise<void>): Promise<void> {
    while (!this.isOver) {
      // oxlint-disable-next-line no-await-in-loop -- one look after the other
      await look();
      // oxlint-disable-next-line no-await-in-loop -- likewise
      await pause(LOOK_EVERY_MS);
    }
  }

  private see(place: Place, says: string): void {
    const before = this.latest.get(place) ?? '';
    this.latest.set(place, says);
    if (withoutNumbers(before) === withoutNumbers(says)) return;
    this.sightings.push({ at: Date.now(), place, says });
  }

  private async lookAtStatus(): Promise<void> {
    const status = (await this.watched.service.send('GET', '/v1/status')).json as StatusDto;
    this.status = status;
    const { state, fault, reasons } = status;
    this.see('status', [state, fault, ...reasons.map(({ code }) => code)].join(' '));
    this.see('reason', reasons.map(({ detail, action }) => `${detail} >> ${action}`).join(' | ') || 'none');
  }

  private async lookAtReadiness(): Promise<void> {
    const { status, json } = await this.watched.service.send('GET', '/health/ready');
    const { breaker, connection, credentials } = json.vendor;
    this.see('ready', `${status} ${JSON.stringify(json.reasons)} ${breaker} ${connection} ${credentials}`);
  }

  private async lookAtAlerts(): Promise<void> {
    const firing = (await this.watched.prometheus?.firing()) ?? [];
    for (const { alertname = '' } of firing) this.alertNames.add(alertname);
    this.see(
      'alerts',
      firing
        .map(({ alertname, who }) => `${alertname} (${who})`)
        .toSorted()
        .join(', ') || 'none',
    );
  }

  private async lookAtPage(): Promise<void> {
    const verdict = this.page?.locator('.status .verdict');
    if (!this.page || (await verdict?.count()) !== 1) return;
    const texts = await this.page.locator('.status .verdict, .status .reasons').allInnerTexts();
    this.see('page', texts.join(' ').replaceAll(/\s+/g, ' '));
  }

  private async openPage(): Promise<void> {
    const { browser, service } = this.watched;
    if (!browser) return;
    const context = await browser.newContext({ viewport: { width: 1280, height: 1000 } });
    const page = await context.newPage();
    await page.goto(`${service.url}/ops`);
    await page
      .getByLabel('API key or token')
      .fill(service.authorization.Authorization.replace('Bearer ', ''));
    await page.getByRole('button', { name: 'Open' }).click();
    await page.locator('.status .verdict').waitFor();
    this.page = page;
  }
}
