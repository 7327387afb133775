import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { type TestContext, afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeKey } from '../../src/security/api-key.js';
import { anEnrollment } from '../builders/an-enrollment.js';
import { startBrowser } from '../harness/browser.js';
import { importsOf } from '../harness/imports.js';
import { keyRecord } from '../harness/service.js';
import { until } from '../harness/until.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const writer = makeKey();
const sandbox = useSandbox({ resetBeforeEach: true });
const service = useService(
  sandbox,
  { UPSTREAM_TIMEOUT_MS: '2000', REQUIRE_IDEMPOTENCY_KEY_FOR_POINTS: 'false', UPSTREAM_MAX_CONCURRENCY: '2' },
  [keyRecord(writer, { name: 'writer', scopes: ['customers:write'] })],
);
const { upload, ended } = importsOf(() => service);
const key = (): string => service.authorization.Authorization.replace('Bearer ', '');
let browser: Browser | undefined;

beforeAll(async () => {
  browser = await startBrowser();
}, 300_000);

afterAll(async () => browser?.close());

beforeEach((context: TestContext) => {
  if (!browser) {
    console.warn('NO CHROMIUM CAN BE HAD: THE PAGE FOR OPERATORS IS NOT TESTED IN A BROWSER');
    context.skip('no Chromium can be had');
  }
});

/** Opens the page in a browser of its own, and collects what a browser complains about. */
async function openPage(options: BrowserContextOptions = {}): Promise<{ page: Page; complaints: string[] }> {
  if (!browser) throw new Error('no browser');
  const context = await browser.newContext({ viewport: { width: 1280, height: 1000 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy|TrustedHTML/.test(message.text())) complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(service.url) && !request.url().startsWith('blob:')) {
      complaints.push(`it asks ${request.url()}`);
    }
  });
  await page.goto(`${service.url}/ops`);
  return { page, complaints };
}

async function signIn(page: Page, one = key()): Promise<void> {
  await page.getByLabel('API key or token').fill(one);
  await page.getByRole('button', { name: 'Open' }).click();
}

async function openSignedIn(options?: BrowserContextOptions) {
  const opened = await openPage(options);
  await signIn(opened.page);
  await section(opened.page, 'State').getByText('Pending', { exact: true }).waitFor();
  return opened;
}

const section = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true });

/** Plants customers, so that updates of them succeed. */
async function plant(count: number, from = 918_700_000_000): Promise<string[]> {
  const mobiles = Array.from({ length: count }, (_, index) => String(from + index));
  const planted = await fetch(`${sandbox.url}/_sandbox/customers`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(
      mobiles.map((value) => ({ source: 'INSTORE', identifiers: [{ type: 'mobile', value }] })),
    ),
  });
  expect(planted.status).toBe(201);
  return mobiles;
}

const HEADER = 'identifiers.mobile,loyaltyType,firstName';
const csv = (rows: readonly string[]): string => `${[HEADER, ...rows].join('\r\n')}\r\n`;
const rowOf = (mobile: string, firstName = 'Asha'): string => `${mobile},loyalty,${firstName}`;

/** Drops a file as a person does with the mouse. */
async function dropFile(page: Page, text: string, name = 'customers.csv'): Promise<void> {
  const file = `new File([${JSON.stringify(text)}], ${JSON.stringify(name)}, { type: 'text/csv' })`;
  const data = await page.evaluateHandle(
    `(() => { const transfer = new DataTransfer(); transfer.items.add(${file}); return transfer; })()`,
  );
  await page.locator('.drop').dispatchEvent('drop', { dataTransfer: data });
}

/** Hides the tab, or shows it again, for its scripts. */
async function hide(page: Page, isHidden: boolean): Promise<void> {
  await page.evaluate(`
    Object.defineProperty(document, 'hidden', { value: ${isHidden}, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  `);
}

/** Returns what axe finds, with the element, so that a failure says what to correct. */
async function findBarriers(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>;
      };
    };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
    );
  });
}

describe('the files of the page', () => {
  it('are public, are kept by the browser, and have a policy that allows no script from elsewhere', async () => {
    const page = await fetch(`${service.url}/ops`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toMatch(/unsafe|https?:/);
    const text = await page.text();
    expect(text).not.toMatch(/<script(?![^>]* src=)|<style|style=|onclick/i);

    const etag = page.headers.get('etag') ?? '';
    const known = await fetch(`${service.url}/ops`, { headers: { 'If-None-Match': etag } });
    expect([known.status, await known.text()]).toEqual([304, '']);
    const head = await fetch(`${service.url}/ops`, { method: 'HEAD' });
    expect([head.status, head.headers.get('etag'), await head.text()]).toEqual([200, etag, '']);
  });

  it('are all there, with their types', async () => {
    const seen = new Map<string, string>();
    const look = async (name: string): Promise<void> => {
      const answer = await fetch(`${service.url}/ops/${name}`);
      expect([name, answer.status]).toEqual([name, 200]);
      seen.set(name, answer.headers.get('content-type') ?? '');
      const imported = [...(await answer.text()).matchAll(/from\s*['"]\.\/([\w.-]+)['"]/g)];
      for (const [, other = ''] of imported) if (!seen.has(other)) await look(other); // oxlint-disable-line no-await-in-loop
    };
    await look('main.js');
    expect([...seen.keys()]).toEqual(expect.arrayContaining(['preact.mjs', 'htm.mjs', 'upload-view.js']));
    expect(new Set(seen.values())).toEqual(new Set(['text/javascript; charset=utf-8']));
  });

  it.each([
    'nothing.js',
    'preact.d.mts',
    'tsconfig.json',
    '..%2f..%2fserve.js',
    '__proto__',
    'page-files.js',
  ])('are no other: %s', async (name) => {
    expect((await fetch(`${service.url}/ops/${name}`)).status).toBe(404);
  });
});

describe('the key', () => {
  it('is asked for, is refused with the sentence of the problem, and is kept for the tab only', async () => {
    const { page } = await openPage();
    await signIn(page, makeKey());
    await page.getByRole('alert').getByText(/key/i).first().waitFor();
    expect(await page.evaluate('sessionStorage.length')).toBe(0);

    await signIn(page, writer);
    await page
      .getByRole('alert')
      .getByText(/ops:read/)
      .waitFor();
    expect(await page.evaluate('sessionStorage.length')).toBe(0);

    await signIn(page);
    await section(page, 'State').getByText('Pending', { exact: true }).waitFor();
    await page.reload();
    await section(page, 'State').getByText('Pending', { exact: true }).waitFor();
    const other = await page.context().newPage();
    await other.goto(`${service.url}/ops`);
    await other.getByLabel('API key or token').waitFor();
    expect(await page.evaluate('localStorage.length + document.cookie.length')).toBe(0);
    expect(page.url()).toBe(`${service.url}/ops`);

    await page.getByRole('button', { name: 'Forget the key' }).click();
    await page.getByLabel('API key or token').waitFor();
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
    await page.context().close();
  });

  it('is asked for again when it is no longer accepted', async () => {
    const { page } = await openSignedIn();
    await page.route('**/v1/status', (route) =>
      route.fulfill({
        status: 401,
        json: { detail: 'The key was revoked.' },
        contentType: 'application/problem+json',
      }),
    );
    await page.getByLabel('API key or token').waitFor();
    expect(await page.getByRole('alert').allInnerTexts()).toContain('The key was revoked.');
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
    await page.context().close();
  });
});

describe('an import', () => {
  it('moves its bar, and is paused, resumed and cancelled', async () => {
    await sandbox.set({ latencyMs: 300 });
    const mobiles = await plant(3000);
    const { json } = await upload('kind=customers', csv(mobiles.map((one) => rowOf(one))), 'text/csv');
    const { page, complaints } = await openSignedIn();
    const one = page.getByRole('article', { name: `import ${json.id.slice(0, 8)}` });
    const bar = one.getByRole('progressbar');
    const percent = async (): Promise<number> => Number(await bar.getAttribute('aria-valuenow'));
    const early = await until(percent, (value) => value > 0, 60_000);
    await until(percent, (value) => value > early, 60_000);

    await one.getByRole('button', { name: /^Pause/ }).click();
    await one.getByText('paused', { exact: true }).waitFor();
    await one.getByRole('button', { name: /^Resume/ }).click();
    await one.getByText(/^(queued|running)$/).waitFor();
    page.on('dialog', (dialog) => void dialog.accept());
    await one.getByRole('button', { name: /^Cancel/ }).click();
    await one.getByText('cancelled', { exact: true }).waitFor({ timeout: 60_000 });
    expect(await one.getByRole('button', { name: /^(Pause|Resume|Cancel)/ }).count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('of 10,000 lines shows its results in pages, and the page still responds', async () => {
    const rows = Array.from({ length: 10_000 }, (_, index) => `not-a-number-${index},loyalty,Asha`);
    const { json } = await upload('kind=customers&onInvalid=skip', csv(rows), 'text/csv');
    await ended(json.id, 60_000);
    const { page } = await openSignedIn();
    const one = page.getByRole('article', { name: `import ${json.id.slice(0, 8)}` });
    await one.getByRole('button', { name: /^Results/ }).click();
    await one.getByText('10,000 lines').waitFor();
    await one.getByText('Page 1 of 200').waitFor();
    // What the browser draws does not grow with the import.
    expect(await one.locator('tbody tr').count()).toBe(50);
    await one.getByRole('button', { name: 'Next' }).click();
    await one.getByText('Page 2 of 200').waitFor();
    expect(await one.locator('tbody tr').first().locator('td').first().innerText()).toBe('52');
    expect(await page.evaluate(`document.querySelectorAll('*').length`)).toBeLessThan(1500);
    await page.context().close();
  });
});

describe('a file', () => {
  it('with ten bad rows is dropped, corrected by its repair file, dropped again, and all customers are updated', async () => {
    const mobiles = await plant(200);
    const bad = new Set(mobiles.filter((_, index) => index % 20 === 7));
    const rows = mobiles.map((one) => (bad.has(one) ? rowOf(one.replace('9187', '9187x')) : rowOf(one)));
    const { page, complaints } = await openSignedIn();
    const area = section(page, 'Upload');

    await dropFile(page, csv(rows));
    await area.getByText(/190 valid lines, 10 lines with mistakes/).waitFor();
    const mistakes = area.getByRole('region', { name: 'Mistakes' }).locator('tbody tr');
    expect(await mistakes.count()).toBe(10);
    expect(await mistakes.first().innerText()).toMatch(/^9\s+identifiers\.mobile\s+must be/);
    expect(await sandbox.calls('bulk')).toEqual([]);

    await area.getByRole('button', { name: 'Import 190 lines' }).click();
    const said = await area.getByText(/^The import \w+ has 200 lines/).innerText();
    const first = page.getByRole('article', { name: /import \w+/.exec(said)?.[0] ?? '' });
    await first.getByText('completed', { exact: true }).waitFor({ timeout: 60_000 });
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      first.getByRole('button', { name: /^Repair file/ }).click(),
    ]);
    const repair = readFileSync(await download.path(), 'utf8');
    expect(repair.trimEnd().split('\r\n')).toHaveLength(11);

    await dropFile(page, repair.replaceAll('9187x', '9187'), download.suggestedFilename());
    await area.getByText(/10 valid lines, no mistakes/).waitFor();
    await area.getByRole('button', { name: 'Import 10 lines' }).click();
    await until(
      async () => {
        const customers = await sandbox.customers();
        return customers.filter(({ firstName }) => firstName === 'Asha').length;
      },
      (count) => count >= 200,
      60_000,
    );
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('with a name and a header of HTML is shown as text', async () => {
    const { page, complaints } = await openSignedIn();
    const evil = '<img src=x onerror=alert(1)>';
    await dropFile(page, `identifiers.mobile,${evil}\n919900000001,x\n`, `${evil}.csv`);
    await section(page, 'Upload').getByRole('alert').getByText(evil).first().waitFor();
    expect(await page.locator('img').count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe('a credit in doubt', () => {
  it('is resolved with the evidence that a person enters', async () => {
    await sandbox.fault({ kind: 'reset-after' });
    const answer = await service.send('POST', '/v1/loyalty/enrollments', anEnrollment({ loyaltyPoints: 75 }));
    expect(answer).toMatchObject({ status: 504 });
    const { page } = await openSignedIn();
    const one = page.getByRole('article', { name: '75 points in doubt' });
    const applied = one.getByRole('button', { name: 'Points were credited' });
    expect(await applied.isDisabled()).toBe(true);
    await one.getByLabel(/Evidence/).fill('seen in the ledger');
    await applied.click();
    await section(page, 'Credits in doubt').getByText('The credit is closed as applied.').waitFor();
    await until(
      () => one.count(),
      (count) => count === 0,
    );
    const { json } = await service.send('GET', '/v1/loyalty/unknown-credits?state=resolved');
    expect(json.credits).toMatchObject([{ resolution: 'applied', note: 'seen in the ledger' }]);
    await page.context().close();
  });
});

describe('a recent update', () => {
  it('is explained, and is found by its id', async () => {
    const body = { identifiers: [{ type: 'mobile', value: '919900000001' }], loyaltyType: 'loyalty' };
    const { json } = await service.send('PATCH', '/v1/customers', body);
    expect(json.outcome).toBe('updated');
    const { page } = await openSignedIn();
    const area = section(page, 'Recent updates');
    await area.getByLabel(/^Id of/).fill(json.updateId);
    await area.getByRole('button', { name: 'Find' }).click();
    await area.locator('details').first().locator('summary').click();
    await area.getByText(json.updateId).waitFor();
    expect(await area.locator('.steps').innerText()).toMatch(/sent .*1 update/);
    await section(page, 'Lanes')
      .getByRole('row', { name: /^INSTORE/ })
      .waitFor();
    await page.context().close();
  });
});

describe('everyone', () => {
  it.each(['light', 'dark'] as const)('meets no barrier that axe finds in %s', async (colorScheme) => {
    const { json } = await upload(
      'kind=customers&onInvalid=skip',
      csv(['oops,loyalty,Asha', rowOf('919900000001')]),
      'text/csv',
    );
    await ended(json.id);
    await sandbox.fault({ kind: 'reset-after' });
    await service.send('POST', '/v1/loyalty/enrollments', anEnrollment({ loyaltyPoints: 31 }));
    const { page } = await openPage({ colorScheme });
    expect(await findBarriers(page)).toEqual([]);
    await signIn(page);
    await section(page, 'Credits in doubt').getByRole('article').first().waitFor();
    await page
      .getByRole('button', { name: /^Results/ })
      .first()
      .click();
    await page.getByRole('article').first().locator('tbody tr').first().waitFor();
    await page.locator('details summary').first().click();
    await dropFile(page, csv(['oops,loyalty,Asha']));
    await section(page, 'Upload').locator('tbody tr').first().waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await page.context().close();
  });

  it('can use it by keyboard alone, and sees where the focus is', async () => {
    const { page } = await openPage();
    const focused = (): Promise<string> =>
      page.evaluate(`(() => {
        const element = document.activeElement;
        if (element === document.body) return 'the browser';
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        const label = element.getAttribute('aria-label') ?? element.closest('label')?.textContent ?? element.textContent;
        const isSeen = outlineStyle !== 'none' && outlineWidth !== '0px';
        return (isSeen ? '' : 'without outline: ') + label.trim();
      })()`);
    const order: string[] = [];
    const tabTo = async (name: RegExp): Promise<void> => {
      for (let presses = 0; presses < 60; presses++) {
        await page.keyboard.press('Tab'); // oxlint-disable-line no-await-in-loop -- one after the other
        const now = await focused(); // oxlint-disable-line no-await-in-loop
        order.push(now);
        if (name.test(now)) return;
      }
      throw new Error(`no ${name} among ${order.join(', ')}`);
    };
    await tabTo(/API key/);
    await page.keyboard.type(key());
    await page.keyboard.press('Enter');
    await section(page, 'State').getByText('Pending', { exact: true }).waitFor();
    await tabTo(/Forget the key/);
    await tabTo(/Kind/);
    await tabTo(/Source/);
    await tabTo(/File/);
    await tabTo(/Find/);
    expect(order.filter((one) => one.startsWith('without'))).toEqual([]);
    await page.context().close();
  });
});

describe('the connection', () => {
  it('when it is cut says since when, keeps what is shown, and goes on by itself', async () => {
    const { page } = await openSignedIn();
    await page.context().setOffline(true);
    await page.getByText(/not reachable since \d\d:\d\d:\d\d/).waitFor();
    expect(await section(page, 'State').getByText('Pending', { exact: true }).count()).toBe(1);
    await page.context().setOffline(false);
    await page.getByText(/not reachable since/).waitFor({ state: 'detached' });
    await page.context().close();
  });

  it('is left alone while the tab is hidden', async () => {
    const { page } = await openSignedIn();
    let asked = 0;
    page.on('request', () => asked++);
    await hide(page, true);
    await sleep(500); // what was asked before ends
    asked = 0;
    await sleep(6000);
    expect(asked).toBe(0);
    await hide(page, false);
    await until(
      () => asked,
      (count) => count > 0,
    );
    await page.context().close();
  });
});
