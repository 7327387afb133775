import type { Browser, Locator, Page } from 'playwright-core';
import { type TestContext, afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startBrowser } from '../harness/browser.js';
import { importsOf } from '../harness/imports.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

interface Operation {
  readonly operationId: string;
  readonly requestBody?: {
    readonly content: {
      readonly 'application/json': { readonly examples?: Record<string, { readonly summary: string }> };
    };
  };
}

const sandbox = useSandbox({ resetBeforeEach: true });
const service = useService(sandbox);
const { upload, ended } = importsOf(() => service);
let browser: Browser | undefined;

beforeAll(async () => {
  browser = await startBrowser();
}, 300_000);

afterAll(async () => browser?.close());

beforeEach((context: TestContext) => {
  if (!browser) {
    console.warn('NO CHROMIUM CAN BE HAD: SWAGGER UI IS NOT TESTED IN A BROWSER');
    context.skip('no Chromium can be had');
  }
});

/** Opens Swagger UI, and collects the errors of the page. */
async function openDocs(
  colorScheme: 'light' | 'dark' = 'light',
): Promise<{ page: Page; complaints: string[] }> {
  if (!browser) throw new Error('no browser');
  const context = await browser.newContext({ viewport: { width: 1280, height: 1000 }, colorScheme });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) complaints.push(message.text());
  });
  page.on('requestfailed', (request) =>
    complaints.push(`${request.method()} ${new URL(request.url()).pathname}`),
  );
  await page.goto(`${service.url}/docs`);
  await page.locator('.opblock').first().waitFor();
  await authorize(page);
  return { page, complaints };
}

const KEY_FIELD = 'tr[data-param-name="Idempotency-Key"] input';

/** Enters the key in the dialog of Swagger UI. */
async function authorize(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Authorize' }).first().click();
  const dialog = page.locator('.auth-container');
  await dialog.locator('input').fill(service.authorization.Authorization.replace('Bearer ', ''));
  await dialog.getByRole('button', { name: 'Apply credentials' }).click();
  await dialog.getByRole('button', { name: 'Close' }).click();
}

async function tryOut(page: Page, operationId: string): Promise<Locator> {
  const operation = page.locator(`.opblock[id$="-${operationId}"]`);
  await operation.locator('.opblock-summary-control').click();
  await operation.getByRole('button', { name: 'Try it out' }).click();
  return operation;
}

/** Presses Execute, and waits until the response is shown. */
async function execute(page: Page, operation: Locator): Promise<{ status: number; shown: string }> {
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.request().method() !== 'GET'),
    operation.getByRole('button', { name: 'Execute' }).click(),
  ]);
  const live = operation.locator('.live-responses-table');
  await live.locator('.response .response-col_status').getByText(String(answer.status())).first().waitFor();
  return { status: answer.status(), shown: await live.innerText() };
}

describe('Swagger UI', () => {
  it('updates a customer with "Try it out" and "Execute"', async () => {
    const { page, complaints } = await openDocs();
    const operation = await tryOut(page, 'updateCustomer');
    expect(await operation.locator('tr[data-param-name="source"] select').inputValue()).toBe('');

    const { status, shown } = await execute(page, operation);

    expect(status).toBe(200);
    expect(shown).toContain('"outcome": "updated"');
    expect(shown).not.toContain('source=');
    expect(await sandbox.customer('mobile:919900000001')).toMatchObject({
      firstName: 'Asha',
      lastName: 'Rao',
    });
    expect(complaints).toEqual([]);
    await operation.locator('.live-responses-table').scrollIntoViewIfNeeded();
    await page.screenshot({ path: new URL('../../artifacts/swagger-ui.png', import.meta.url).pathname });
    await page.close();
  });

  it('answers every example of every endpoint with the status in its summary', async () => {
    const { paths } = (await service.send('GET', '/openapi.json')).json as {
      paths: Record<string, Record<string, Operation>>;
    };
    const operations = Object.values(paths)
      .flatMap((path) => Object.values(path))
      .filter(({ requestBody }) => requestBody?.content['application/json'].examples);
    expect(operations.length).toBeGreaterThanOrEqual(9);
    const { page } = await openDocs();

    for (const { operationId, requestBody } of operations) {
      const operation = await tryOut(page, operationId);
      const bodyTypes = operation.locator('.body-param-content-type select');
      if ((await bodyTypes.count()) > 0) await bodyTypes.first().selectOption('application/json');
      for (const [name, { summary }] of Object.entries(
        requestBody?.content['application/json'].examples ?? {},
      )) {
        await operation.locator('.examples-select select').first().selectOption(name);
        const { status } = await execute(page, operation);
        const announced = Number(/: (\d{3})$/.exec(summary)?.[1] ?? 200);
        expect([operationId, name, status]).toEqual([operationId, name, announced]);
      }
      // An open operation is rendered again with every response.
      await operation.locator('.opblock-summary-control').click();
    }
    await page.close();
  });

  it('keeps the key of the tab over a reload, and not on the disk', async () => {
    const { page } = await openDocs();
    await page.reload();
    const operation = await tryOut(page, 'updateCustomer');

    expect((await execute(page, operation)).status).toBe(200);
    expect(await page.evaluate('localStorage.length')).toBe(0);
    const other = await page.context().newPage();
    await other.goto(`${service.url}/docs`);
    expect((await execute(other, await tryOut(other, 'updateCustomer'))).status).toBe(401);
    await page.close();
  });

  it('fills in and shows a new Idempotency-Key for each Execute, and keeps one that was entered', async () => {
    const { page } = await openDocs();
    const operation = await tryOut(page, 'updateCustomer');
    const sent: (string | undefined)[] = [];
    const shown: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'PATCH') sent.push(request.headers()['idempotency-key']);
    });

    for (let time = 0; time < 2; time += 1) {
      await execute(page, operation);
      shown.push(await operation.locator(KEY_FIELD).inputValue());
    }
    await operation.locator(KEY_FIELD).fill('my-own-key');
    await execute(page, operation);
    await execute(page, operation);

    expect(sent).toEqual([...shown, 'my-own-key', 'my-own-key']);
    expect(new Set(shown).size).toBe(2);
    expect(await operation.locator('.live-responses-table').innerText()).toContain(
      'idempotency-replayed: true',
    );
    await page.close();
  });

  it('uploads a file by the field of the form', async () => {
    const { page, complaints } = await openDocs();
    const operation = await tryOut(page, 'createImport');
    await operation.locator('input[type="file"]').setInputFiles({
      name: 'customers.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('identifiers.mobile,firstName,loyaltyType\n919900000001,Una,loyalty\n'),
    });

    const { status, shown } = await execute(page, operation);

    expect(status).toBe(202);
    expect(shown).toContain('"total": 1');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('offers 10,000 results as a download', async () => {
    const rows = Array.from({ length: 10_000 }, (_, row) => `${919_900_100_000 + row},x,loyalty\n`);
    const csv = `identifiers.mobile,firstName,loyaltyType\n${rows.join('')}`;
    const accepted = await upload('kind=customers', csv, 'text/csv');
    await ended(accepted.json.id, 60_000);
    const { page } = await openDocs();
    const operation = await tryOut(page, 'listImportResults');
    await operation.locator('tr[data-param-name="id"] input').fill(accepted.json.id);

    await operation.getByRole('button', { name: 'Execute' }).click();

    const link = operation.getByRole('link', { name: 'Download file' });
    await link.waitFor();
    expect(await link.getAttribute('download')).toBe(`results-${accepted.json.id}.ndjson`);
    expect((await operation.innerText()).length).toBeLessThan(20_000);
    await page.close();
  });

  it('filters by tag, lists the tags in the order of use, and collapses the schemas', async () => {
    const { page } = await openDocs();
    const tags = page.locator('.opblock-tag');
    expect(
      (await tags.evaluateAll((all) => all.map((one) => one.getAttribute('data-tag')))).slice(0, 6),
    ).toEqual(['customers', 'loyalty', 'hierarchy', 'updates', 'imports', 'stored data']);
    expect(await page.locator('.model-box').count()).toBe(0);

    await page.locator('.operation-filter-input').fill('imports');

    await page.locator('.opblock-tag[data-tag="customers"]').waitFor({ state: 'detached' });
    expect(await tags.count()).toBe(1);
    await page.close();
  });

  it.each([
    ['light', ['#fafafa', '#ffffff']],
    ['dark', ['#1c2022', '#16191d']],
  ] as const)('and the other pages are shown in the %s scheme', async (scheme, [docs, others]) => {
    const { page, complaints } = await openDocs(scheme);
    const background = async (): Promise<string> => {
      const [red, green, blue] =
        (await page.evaluate<string>('getComputedStyle(document.body).backgroundColor')).match(/\d+/g) ?? [];
      return `#${[red, green, blue].map((part) => Number(part).toString(16).padStart(2, '0')).join('')}`;
    };
    expect(await background()).toBe(docs);
    for (const path of ['/', '/problems', '/problems/customer-not-found']) {
      await page.goto(service.url + path);
      expect([path, await background()]).toEqual([path, others]);
    }
    expect(complaints).toEqual([]);
    await page.close();
  });
});
