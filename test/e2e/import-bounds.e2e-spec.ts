import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { NDJSON, importsOf } from '../harness/imports.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const sandbox = useSandbox();
const service = useService(sandbox, {
  // Half the heap of `npm start`, for half of an upload that would fill that heap.
  NODE_OPTIONS: '--max-old-space-size=256',
  IMPORT_MAX_OPEN: '2',
});

const { upload, act, ended, results } = importsOf(() => service);

/** The identifiers of this many lines would fill the heap. */
const LINES = 20_000;
const IDENTIFIERS_PER_LINE = 20;

/** Generates customers with 20 identifiers of 255 characters, which take two bytes each in memory. */
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
  it('fits into the heap for any number of identifiers, and reports how many it compared', async () => {
    const answer = await fetch(`${service.url}/v1/imports?kind=customers&dryRun=true`, {
      method: 'POST',
      headers: { ...service.authorization, 'Content-Type': NDJSON },
      body: ReadableStream.from(customers()),
      duplex: 'half',
    });
    const plan: unknown = await answer.json();
    expect(plan).toMatchObject({
      lines: LINES,
      valid: LINES,
      repeatedCustomers: 0,
      comparedIdentifiers: 100_000,
    });
  });
});

describe('invalid lines', () => {
  it('have one result each, and only the first 1,000 list every mistake', async () => {
    const count = 5000;
    const accepted = await upload('kind=customers', gzipSync('{}\n'.repeat(count)), NDJSON, {
      'Content-Encoding': 'gzip',
    });
    const { id } = accepted.json;
    expect(await ended(id)).toMatchObject({ state: 'refused', invalid: count, rejected: count });
    const lines = await results(id);
    expect(lines.map(({ line }) => line)).toEqual(Array.from({ length: count }, (_, index) => index + 1));
    expect(lines[999]).toMatchObject({
      outcome: 'rejected',
      errors: expect.arrayContaining([expect.objectContaining({ pointer: '/loyaltyType' })]),
    });
    const beyond = {
      outcome: 'rejected',
      errors: [{ message: expect.stringContaining('is not valid, and was not sent') }],
      attempts: 0,
    };
    expect(lines[1000]).toMatchObject(beyond);
    expect(lines.at(-1)).toMatchObject(beyond);
    const csv = await service.send('GET', `/v1/imports/${id}/results`, undefined, { Accept: 'text/csv' });
    expect(csv.text.trimEnd().split('\r\n').at(-1)).toMatch(
      /^5000,rejected,.*is not valid, and was not sent/,
    );
  });
});

describe('unfinished imports', () => {
  it('are limited, including retries, until one of them ends', async () => {
    await sandbox.fault({ kind: 'latency', ms: 300, times: 1000 });
    const line = JSON.stringify({
      identifiers: [{ type: 'mobile', value: '919900000001' }],
      loyaltyType: 'loyalty',
    });
    const lines = `${line}\n`.repeat(1000);
    const begin = async (): Promise<string> => {
      const accepted = await upload('kind=customers', lines);
      expect(accepted).toMatchObject({ status: 202 });
      return accepted.json.id;
    };
    const failed = await begin();
    await act(failed, 'cancel');
    await ended(failed);

    const open = [await begin(), await begin()];
    for (const id of open) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(await act(id, 'pause')).toMatchObject({ status: 200, json: { state: 'paused' } });
    }
    const refusal = {
      status: 429,
      json: {
        type: '/problems/too-many-imports',
        detail: 'The limit is 2 imports that have not ended.',
        outcome: 'failed',
        retryable: true,
      },
    };
    const refused = await upload('kind=customers', lines);
    expect(refused).toMatchObject(refusal);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await act(failed, 'retry')).toMatchObject(refusal);
    expect(await upload('kind=customers&dryRun=true', lines)).toMatchObject({ status: 200 });

    await act(open[0] ?? '', 'cancel');
    await ended(open[0] ?? '');
    expect(await act(failed, 'retry')).toMatchObject({ status: 202 });
  });
});
