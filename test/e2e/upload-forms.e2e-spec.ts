import { request as openRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { aCustomerUpdate } from '../builders/a-customer-update.js';
import { importsOf } from '../harness/imports.js';
import type { Answer } from '../harness/service.js';
import { useSandbox } from '../harness/use-sandbox.js';
import { useService } from '../harness/use-service.js';

const sandbox = useSandbox({ resetBeforeEach: true });
const service = useService(sandbox, { IMPORT_MAX_BYTES: '1000000' });
const { upload, ended } = importsOf(() => service);

const CSV = 'identifiers.mobile,firstName,loyaltyType\n919900000001,Una,loyalty\n';
const LINE = `${JSON.stringify(aCustomerUpdate({ firstName: 'Una' }))}\n`;

/** Sends a form as a browser does, with its file and then its fields. */
async function uploadForm(
  files: readonly File[],
  fields: Readonly<Record<string, string>> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const form = new FormData();
  for (const file of files) form.append('file', file);
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  const answer = await fetch(`${service.url}/v1/imports?kind=customers`, {
    method: 'POST',
    headers: { ...service.authorization, ...headers },
    body: form,
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, json: JSON.parse(text) };
}

const importCount = async (): Promise<number> =>
  (await service.send('GET', '/v1/imports?limit=200')).json.imports.length;

/** Waits for an import, and returns how many lines it updated and the name of the customer after that. */
async function outcomeOf(accepted: Answer): Promise<unknown> {
  if (accepted.status !== 202) return accepted.json;
  const { state, updated } = await ended(accepted.json.id);
  return { state, updated, firstName: (await sandbox.customer('mobile:919900000001'))?.['firstName'] };
}
const UPDATED = { state: 'completed', updated: 1, firstName: 'Una' };

describe('an upload', () => {
  it.each([
    ['application/jsonl', LINE],
    ['application/x-ndjson', LINE],
    ['application/ndjson', LINE],
    ['Application/X-JSONLines; charset=utf-8', LINE],
    ['application/csv', CSV],
    ['application/vnd.ms-excel', CSV],
  ])('with the type %s is imported, also as gzip without its header', async (type, body) => {
    expect(await outcomeOf(await upload('kind=customers', body, type))).toEqual(UPDATED);
    expect(await outcomeOf(await upload('kind=customers', gzipSync(body), type))).toEqual(UPDATED);
  });

  it.each([
    ['customers.csv', CSV, 'text/csv'],
    ['customers.csv', CSV, 'application/vnd.ms-excel'],
    ['customers.csv.gz', gzipSync(CSV), 'application/gzip'],
    ['customers.jsonl', LINE, ''],
    ['customers.json', `[${LINE}]`, 'application/json'],
  ])('of %s in a form is imported', async (name, content, type) => {
    const part = typeof content === 'string' ? content : new Uint8Array(content);
    const accepted = await uploadForm([new File([part], name, { type })]);
    expect(await outcomeOf(accepted)).toEqual(UPDATED);
  });

  it('in a form is the same request as the file alone', async () => {
    const headers = { 'Idempotency-Key': 'form-or-file' };
    const first = await uploadForm([new File([CSV], 'customers.csv')], {}, headers);
    const second = await upload('kind=customers', CSV, 'text/csv', headers);
    expect(second).toMatchObject({ status: 202, json: { id: first.json.id } });
    const other = await uploadForm([new File([`${CSV}\n`], 'customers.csv')], {}, headers);
    expect(other).toMatchObject({ status: 422 });
    await ended(first.json.id);
  });

  it.each([
    ['two files', [new File([CSV], 'a.csv'), new File([CSV], 'b.csv')], {}, 400, 'more than one part'],
    ['a field beside the file', [new File([CSV], 'a.csv')], { kind: 'customers' }, 400, 'more than one part'],
    ['only a field', [], { file: CSV }, 400, 'not a file'],
    ['an empty file', [new File([], 'a.csv')], {}, 400, ''],
    ['a picture', [new File(['x'], 'a.png', { type: 'image/png' })], {}, 415, 'must be one of'],
    ['an Excel workbook', [new File(['PK\u0003\u0004'], 'a.csv')], {}, 415, 'ZIP archive'],
    ['a file over the limit', [new File(['x'.repeat(1_000_001)], 'a.csv')], {}, 413, '1000000 bytes'],
    [
      'gzip over the limit',
      [new File([new Uint8Array(gzipSync(Buffer.alloc(1_000_001)))], 'a.csv')],
      {},
      413,
      '',
    ],
  ])(
    'in a form with %s is refused, and nothing is stored',
    async (_case, files, fields, status, sentence) => {
      const before = await importCount();
      const refused = await uploadForm(files, fields);
      expect(refused).toMatchObject({ status, json: { detail: expect.stringContaining(sentence) } });
      expect(await importCount()).toBe(before);
    },
  );

  it.each([
    ['ends without its last boundary', false],
    ['is cut off', true],
  ])('in a form that %s is refused, and nothing is stored', async (_case, isCutOff) => {
    const before = await importCount();
    const begun = openRequest(`${service.url}/v1/imports?kind=customers`, {
      method: 'POST',
      headers: { ...service.authorization, 'Content-Type': 'multipart/form-data; boundary=b' },
    });
    const answered = new Promise<number | undefined>((resolve) => {
      begun.on('response', (response) => resolve(response.resume().statusCode));
      begun.on('error', () => resolve(undefined));
    });
    begun.write('--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n');
    begun.write(CSV);
    if (isCutOff) await new Promise((resolve) => setTimeout(resolve, 300)).then(() => begun.destroy());
    else begun.end();
    expect(await answered).toBe(isCutOff ? undefined : 400);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await importCount()).toBe(before);
    expect(await sandbox.calls('bulk')).toEqual([]);
    expect(service.program.events().filter(({ event }) => event === 'request.fault')).toEqual([]);
  });

  it.each([
    ['old Excel workbook', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1])],
    ['Excel workbook', Buffer.from(`PK\u0003\u0004${'\0'.repeat(26)}[Content_Types].xml`)],
    ['PDF', Buffer.from('%PDF-1.4\n')],
  ])('of an %s is refused by name, also as gzip', async (name, bytes) => {
    const answers = [
      await upload('kind=customers', bytes, 'text/csv'),
      await upload('kind=customers', gzipSync(bytes), 'text/csv'),
      await upload('kind=customers', gzipSync(bytes), 'text/csv', { 'Content-Encoding': 'gzip' }),
      await upload('kind=customers&dryRun=true', bytes, 'application/vnd.ms-excel'),
    ];
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 415, json: { detail: expect.stringContaining(name) } });
    }
  });
});

describe('a body with a Content-Encoding', () => {
  it.each([
    ['PATCH', '/v1/customers', 'gzip'],
    ['POST', '/v1/customers/batch', 'br'],
    ['PUT', '/v1/loyalty/membership', 'GZIP, identity'],
    ['POST', '/v1/hierarchy/children/search', 'deflate'],
  ])('is refused by %s %s', async (method, path, encoding) => {
    const body = aCustomerUpdate();
    const refused = await service.send(method, path, body, { 'Content-Encoding': encoding });
    expect(refused).toMatchObject({ status: 415, json: { type: '/problems/unsupported-media-type' } });
    expect(refused.headers.get('accept-encoding')).toBe('identity');
    expect(await sandbox.calls('bulk')).toEqual([]);
  });

  it('is read where the encoding is identity', async () => {
    const sent = await service.send('PATCH', '/v1/customers', aCustomerUpdate(), {
      'Content-Encoding': 'identity',
    });
    expect(sent).toMatchObject({ status: 200, json: { outcome: 'updated' } });
  });
});
