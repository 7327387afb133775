import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { openFormFile } from './form-file.js';

const TYPE = 'multipart/form-data; boundary=----b';
const END = '------b--\r\n';

/** Writes a part of a form with its boundary before it. */
const part = (headers: readonly string[], content: string): string =>
  `------b\r\n${headers.join('\r\n')}\r\n\r\n${content}\r\n`;
const file = (name: string, content: string, type?: string): string =>
  part(
    [
      `Content-Disposition: form-data; name="file"; filename="${name}"`,
      ...(type === undefined ? [] : [`Content-Type: ${type}`]),
    ],
    content,
  );
const field = (name: string, value: string): string =>
  part([`Content-Disposition: form-data; name="${name}"`], value);

/** Returns the type of the file and its content; the form arrives in pieces. */
async function read(form: string, { pieceBytes = 1000, contentType = TYPE } = {}): Promise<string> {
  const bytes = Buffer.from(form);
  const pieces = Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, index) =>
    bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes),
  );
  const opened = await openFormFile(Readable.from(pieces), contentType);
  const content: Buffer[] = [];
  for await (const piece of opened.bytes) content.push(piece);
  return `${opened.type} ${Buffer.concat(content).toString()}`;
}

describe(openFormFile.name, () => {
  it.each([1, 2, 7, 64, 100_000])('reads the file that arrives in pieces of %i bytes', async (pieceBytes) => {
    const content = `a,b\r\n--\r\n------c\r\n${'x'.repeat(500)}\r\n`;
    const form = `preamble\r\n${file('x.csv', content)}${END}epilogue\r\n`;
    expect(await read(form, { pieceBytes })).toBe(`text/csv ${content}`);
  });

  it.each([
    ['customers.csv', undefined, 'text/csv'],
    ['customers.csv', 'application/octet-stream', 'text/csv'],
    ['CUSTOMERS.CSV', 'text/plain', 'text/csv'],
    ['customers.csv', 'application/vnd.ms-excel', 'text/csv'],
    ['customers', 'application/csv', 'text/csv'],
    ['customers', 'text/tab-separated-values', 'text/csv'],
    ['customers.TSV', undefined, 'text/csv'],
    ['customers.txt', 'Text/CSV; charset=utf-8', 'text/csv'],
    ['customers.csv.gz', 'application/gzip', 'text/csv'],
    ['customers.jsonl', 'application/octet-stream', 'application/x-ndjson'],
    ['customers.ndjson.gz', 'application/x-gzip', 'application/x-ndjson'],
    ['customers.json', 'application/x-ndjson', 'application/x-ndjson'],
    ['my \\"best\\" customers; 2.json', undefined, 'application/json'],
    ['अशा.csv', undefined, 'text/csv'],
  ])('reads %s with the content type %s as %s', async (name, type, expected) => {
    expect(await read(file(name, '[]', type) + END)).toBe(`${expected} []`);
  });

  it('reads a file name in the extended notation of RFC 5987', async () => {
    const disposition = "Content-Disposition: form-data; name=file; filename*=UTF-8''%E0%A4%85.csv";
    expect(await read(part([disposition], 'a') + END)).toBe('text/csv a');
  });

  it.each([
    ['a name without an ending', 'customers', undefined, 'must be one of'],
    ['a picture', 'customers.png', 'image/png', 'must be one of'],
    ['an ending that is not read', 'customers.xml', 'application/octet-stream', 'must be one of'],
    ['a workbook', 'customers.xlsx', 'application/octet-stream', 'Save it as "CSV UTF-8"'],
    ['an old workbook', 'customers.xls', 'application/vnd.ms-excel', 'Save it as "CSV UTF-8"'],
    [
      'a workbook by its type',
      'customers',
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      'Save it as "CSV UTF-8"',
    ],
    ['a compressed workbook', 'customers.xlsb.gz', 'application/gzip', 'Save it as "CSV UTF-8"'],
    ['an OpenDocument spreadsheet', 'customers.ods', undefined, 'Save it as "CSV UTF-8"'],
  ])('refuses %s', async (_case, name, type, sentence) => {
    await expect(read(file(name, 'x', type) + END)).rejects.toMatchObject({
      type: 'unsupported-media-type',
      detail: expect.stringContaining(sentence),
    });
  });

  const good = file('x.csv', 'a');
  it.each([
    ['no part', END, 'has no file'],
    ['a field', field('kind', 'customers') + END, 'a field that is not a file'],
    ['a field before the file', field('kind', 'customers') + good + END, 'a field that is not a file'],
    ['a field after the file', good + field('kind', 'customers') + END, 'more than one part'],
    ['two files', good + good + END, 'more than one part'],
    ['three files', good + good + good + END, 'more than one part'],
    [
      'a part that is no form data',
      part(['Content-Type: text/csv'], 'a') + END,
      'a field that is not a file',
    ],
    ['a file that was not chosen', file('', '') + END, 'No file was chosen'],
    ['no end', good, 'ends too early'],
    ['an end in the middle of the file', good.slice(0, -3), 'ends too early'],
    ['an end in the headers', good.slice(0, 40), 'ends too early'],
    ['another boundary', (good + END).replaceAll('------b', '------c'), 'ends too early'],
    ['nothing', '', 'ends too early'],
    [
      'headers of a part over the limit',
      part([`X: ${'x'.repeat(10_000)}`, 'Content-Disposition: form-data; filename=x.csv'], 'a') + END,
      'a field that is not a file',
    ],
    [
      'base64',
      part(['Content-Disposition: form-data; filename=x.csv', 'Content-Transfer-Encoding: base64'], 'YQ==') +
        END,
      'Content-Transfer-Encoding',
    ],
  ])('refuses a form with %s, however it arrives', async (_case, form, sentence) => {
    for (const pieceBytes of [1, 13, 100_000]) {
      // oxlint-disable-next-line no-await-in-loop -- the first size of pieces that fails ends the test
      await expect(read(form, { pieceBytes })).rejects.toMatchObject({
        type: 'upload-unreadable',
        detail: expect.stringContaining(sentence),
      });
    }
  });

  it.each([
    'multipart/form-data',
    'multipart/form-data; boundary=',
    `multipart/form-data; boundary=${'x'.repeat(71)}`,
  ])('refuses the content type %s', async (contentType) => {
    await expect(async () => read(good + END, { contentType })).rejects.toThrow('has no boundary');
  });

  it('reads no further than the reader of the file', async () => {
    let sent = 0;
    const chunk = Buffer.alloc(64 * 1024, 'x');
    const opened = await openFormFile(
      Readable.from(
        (function* () {
          yield Buffer.from(good.slice(0, good.indexOf('\r\n\r\n') + 4));
          for (; sent < 1000; sent += 1) yield chunk;
          yield Buffer.from(`\r\n${END}`);
        })(),
      ),
      TYPE,
    );
    const bytes = opened.bytes[Symbol.asyncIterator]();
    await bytes.next();
    await new Promise((resolve) => setImmediate(resolve));
    expect(sent).toBeLessThan(100);
    let length = chunk.length;
    for (let next = await bytes.next(); !next.done; next = await bytes.next()) length += next.value.length;
    expect(sent).toBe(1000);
  });

  it('passes on the error of a body that breaks off', async () => {
    const body = new Readable({ read: () => undefined });
    body.push(good.slice(0, -2));
    const opened = await openFormFile(body, TYPE);
    const reading = (async () => {
      for await (const piece of opened.bytes) expect(piece.length).toBeLessThan(10);
    })();
    body.destroy(new Error('cut off'));
    await expect(reading).rejects.toThrow('cut off');
  });
});
