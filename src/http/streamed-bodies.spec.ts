import { gzipSync } from 'node:zlib';
import { fastify } from 'fastify';
import { describe, expect, it } from 'vitest';
import { Problem } from '../problems/problem.js';
import { type Upload, streamBodies } from './streamed-bodies.js';
import { STREAMED_TYPES } from './upload-types.js';

const MAX_BYTES = 1000;

/** Sends a body to a server that responds with what it got, as `<type> <charset> <bytes>`, or with the type of the problem. */
async function inject(payload: string | Buffer, headers: Record<string, string>, url = '/v1/imports') {
  const server = fastify();
  streamBodies(server, MAX_BYTES);
  server.setErrorHandler((error, _request, reply) =>
    error instanceof Problem ? reply.headers(error.headers).send(error.type) : reply.send(String(error)),
  );
  server.post('/v1/imports', async ({ body }) => {
    const { type, charset = '-', bytes } = await (body as Upload).open();
    const pieces: Buffer[] = [];
    for await (const piece of bytes) pieces.push(piece);
    return `${type} ${charset} ${Buffer.concat(pieces).toString()}`;
  });
  server.post('/v1/customers', async () => 'JSON');
  const answer = await server.inject({ method: 'POST', url, payload, headers });
  await server.close();
  return answer;
}

const send = async (...given: Parameters<typeof inject>): Promise<string> => (await inject(...given)).body;

const full = 'x'.repeat(MAX_BYTES);

const form = (content: Buffer | string, name: string): Buffer =>
  Buffer.concat([
    Buffer.from(`--b\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n\r\n`),
    Buffer.from(content),
    Buffer.from('\r\n--b--\r\n'),
  ]);

describe(streamBodies.name, () => {
  it.each(STREAMED_TYPES)('passes %s on unchanged, or decompressed', async (type) => {
    const headers = { 'content-type': `${type.toUpperCase()}; charset=utf-8` };
    expect(await send(full, headers)).toBe(`${type} utf-8 ${full}`);
    expect(await send(gzipSync(full), { ...headers, 'content-encoding': 'gzip' })).toBe(
      `${type} utf-8 ${full}`,
    );
  });

  it.each([
    ['text/csv', '-'],
    ['text/csv; charset=windows-1252', 'windows-1252'],
    ['text/csv;header=present;CHARSET="UTF-16LE"', 'UTF-16LE'],
    ['text/csv ; charset = shift_jis ; header=present', 'shift_jis'],
    ['text/csv; notcharset=x', '-'],
  ])('passes on the charset of %s', async (type, charset) => {
    expect(await send('x', { 'content-type': type })).toBe(`text/csv ${charset} x`);
  });

  it.each(STREAMED_TYPES)('rejects %s above the limit, counted after decompression', async (type) => {
    const headers = { 'content-type': type };
    expect(await send(`${full}x`, headers)).toBe('body-too-large');
    expect(await send(gzipSync(`${full}x`), { ...headers, 'content-encoding': 'gzip' })).toBe(
      'body-too-large',
    );
  });

  it.each<[string, string | Buffer, Record<string, string>, string]>([
    ['no type', 'x', {}, 'unsupported-media-type'],
    ['another type', 'x', { 'content-type': 'text/xml' }, 'unsupported-media-type'],
    [
      'the internal type of all streams',
      'x',
      { 'content-type': 'application/octet-stream' },
      'unsupported-media-type',
    ],
    [
      'another encoding',
      'x',
      { 'content-type': 'text/csv', 'content-encoding': 'br' },
      'unsupported-media-type',
    ],
    ['no gzip', 'x', { 'content-type': 'text/csv', 'content-encoding': 'gzip' }, 'upload-unreadable'],
    [
      'gzip that ends too early',
      gzipSync(full).subarray(0, 20),
      { 'content-type': 'text/csv', 'content-encoding': 'gzip' },
      'upload-unreadable',
    ],
  ])('refuses %s', async (_case, payload, headers, problem) => {
    expect(await send(payload, headers)).toBe(problem);
  });

  it.each([
    ['identity', full],
    ['', full],
    [' Identity , identity', full],
    ['GZIP', gzipSync(full)],
    ['gzip, identity', gzipSync(full)],
    ['x-gzip', gzipSync(full)],
  ])('reads a body with the Content-Encoding "%s"', async (encoding, payload) => {
    expect(await send(payload, { 'content-type': 'text/csv', 'content-encoding': encoding })).toBe(
      `text/csv - ${full}`,
    );
  });

  it.each(['br', 'deflate', 'gzip, br', 'gzip, gzip', 'zstd'])(
    'refuses the Content-Encoding "%s", and says what it reads',
    async (encoding) => {
      const answer = await inject(full, { 'content-type': 'text/csv', 'content-encoding': encoding });
      expect(answer.body).toBe('unsupported-media-type');
      expect(answer.headers['accept-encoding']).toBe('gzip, identity');
    },
  );

  it.each(['br', 'gzip', 'GZIP, identity', 'x-gzip', 'deflate'])(
    'refuses the Content-Encoding "%s" of JSON for another endpoint',
    async (encoding) => {
      const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
      const answer = await inject('{}', headers, '/v1/customers');
      expect(answer.body).toBe('unsupported-media-type');
      expect(answer.headers['accept-encoding']).toBe('identity');
    },
  );

  it.each(['identity', '', ' identity,'])(
    'reads the Content-Encoding "%s" of JSON as none',
    async (encoding) => {
      const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
      expect(await send('{}', headers, '/v1/customers')).toBe('JSON');
    },
  );

  it('does not look at the encoding of an empty body, or of a path that does not exist', async () => {
    expect(await send('', { 'content-encoding': 'br' }, '/v1/customers')).toBe('JSON');
    expect(await send('{}', { 'content-encoding': 'br' }, '/v1/nothing')).toContain('not found');
  });

  it('reads gzip without its header, within the same limit', async () => {
    const headers = { 'content-type': 'text/csv' };
    expect(await send(gzipSync(full), headers)).toBe(`text/csv - ${full}`);
    expect(await send(gzipSync(`${full}x`), headers)).toBe('body-too-large');
    expect(await send(gzipSync(full).subarray(0, 20), headers)).toBe('upload-unreadable');
    expect(await send(gzipSync(gzipSync(full)), headers)).toBe('unsupported-media-type');
  });

  it('reads the one file of a form, plain or gzip, within the same limit', async () => {
    const headers = { 'content-type': 'multipart/form-data; boundary=b' };
    expect(await send(form(full, 'x.csv'), headers)).toBe(`text/csv - ${full}`);
    expect(await send(form(gzipSync(full), 'X.NDJSON.gz'), headers)).toBe(`application/x-ndjson - ${full}`);
    expect(await send(form(`${full}x`, 'x.csv'), headers)).toBe('body-too-large');
    expect(await send(form(gzipSync(`${full}x`), 'x.csv'), headers)).toBe('body-too-large');
    expect(await send(form(Buffer.alloc(70_000), 'x.csv'), headers)).toBe('body-too-large');
    expect(await send(form('PK\x03\x04', 'x.csv'), headers)).toBe('unsupported-media-type');
  });

  it('passes streams to no other endpoint', async () => {
    expect(await send('x', { 'content-type': 'application/octet-stream' }, '/v1/customers')).toBe(
      'unsupported-media-type',
    );
  });
});
