import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NDJSON, importsOf } from '../harness/imports.js';
import { type Sandbox, startSandbox } from '../harness/sandbox.js';
import { type Service, startService } from '../harness/service.js';

let sandbox: Sandbox;
let service: Service;

beforeAll(async () => {
  sandbox = await startSandbox();
  // Half the heap that `npm start` gives, for half of an upload that would fill that.
  service = await startService(sandbox.url, { NODE_OPTIONS: '--max-old-space-size=256' });
});

afterAll(async () => {
  await service?.stop();
  await sandbox?.stop();
});

const { upload } = importsOf(() => service);

/** Their identifiers would fill the heap. */
const LINES = 20_000;
const IDENTIFIERS_PER_LINE = 20;

/** Customers of 20 identifiers, each of 255 characters that take two bytes in memory. */
function* customers(): Generator<Buffer> {
  const filling = 'ā'.repeat(245);
  for (let line = 0; line < LINES; line += 1) {
    const identifiers = Array.from({ length: IDENTIFIERS_PER_LINE }, (_, index) => ({
      type: 'cuid',
      value: `${filling}${String(line * IDENTIFIERS_PER_LINE + index).padStart(10, '0')}`,
    }));
    yield Buffer.from(`${JSON.stringify({ identifiers, loyaltyType: 'loyalty' })}\n`);
  }
}

describe('a dry run of an import', () => {
  it('fits into the heap, however many identifiers the upload names, and says how many it compared', async () => {
    const answer = await fetch(`${service.url}/v1/imports?kind=customers&dryRun=true`, {
      method: 'POST',
      headers: { ...service.authorization, 'Content-Type': NDJSON },
      body: ReadableStream.from(customers()),
      duplex: 'half',
    } as RequestInit);
    const plan: unknown = await answer.json();
    expect(plan).toMatchObject({
      lines: LINES,
      valid: LINES,
      repeatedCustomers: 0,
      comparedIdentifiers: 100_000,
    });
  });
});
