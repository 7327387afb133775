import { gzipSync } from 'node:zlib';
import { fastify } from 'fastify';
import { describe, expect, it } from 'vitest';
import { Problem } from '../problems/problem.js';
import { STREAMED_TYPES, type StreamedBody, streamBodies } from './streamed-bodies.js';

const MAX_BYTES = 1000;

/** Returns the body that the endpoint got, as `<type> <charset> <bytes>`, or the type of the problem. */
async function send(
  payload: string | Buffer,
  headers: Record<string, string>,
  url = '/v1/imports',
): Promise<string> {
  const server = fastify();
  streamBodies(server, MAX_BYTES);
  server.setErrorHandler((error, _request, reply) =>
    reply.send(error instanceof Problem ? error.type : String(error)),
  );
  for (const one of ['/v1/imports', '/v1/customers']) {
    server.post(one, async ({ body }) => {
      const { type, charset = '-', bytes } = body as StreamedBody;
      const pieces: Buffer[] = [];
      for await (const piece of bytes) pieces.push(piece);
      return `${type} ${charset} ${Buffer.concat(pieces).toString()}`;
    });
  }
  const { body } = await server.inject({ method: 'POST', url, payload, headers });
  await server.close();
  return body;
}

const full = 'x'.repeat(MAX_BYTES);

describe(streamBodies.name, () => {
  it.each(STREAMED_TYPES)('passes %s on unchanged, or decompressed', async (type) => {
    const headers = { 'content-type': `${type.toUpperCase()}; charset=utf-8` };
    expect(await send(full, headers)).toBe(`${type} utf-8 ${full}`);
    expect(await send(gzipSync(full), { ...headers, 'content-encoding': 'gzip' })).toBe(`${type} utf-8 ${full}`);
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

  it('passes streams to no other endpoint', async () => {
    expect(await send('x', { 'content-type': 'application/octet-stream' }, '/v1/customers')).toBe(
      'unsupported-media-type',
    );
  });
});
