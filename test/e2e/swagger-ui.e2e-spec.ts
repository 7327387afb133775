import type { Browser, Locator, Page } from 'playwright-core';
import { type TestContext, afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startBrowser } from '../harness/browser.js';
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
async function openDocs(): Promise<{ page: Page; complaints: string[] }> {
  if (!browser) throw new Error('no browser');
  const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
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

    const { status, shown } = await execute(page, operation);

    expect(status).toBe(200);
    expect(shown).toContain('"outcome": "updated"');
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
});
