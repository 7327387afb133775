import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../problems/problem.js';

/** Returns the codings of a body in the order in which they were applied (RFC 9110, section 8.4), without `identity`. */
function readCodings(headers: IncomingHttpHeaders): string[] {
  const given = headers['content-encoding'];
  if (given === undefined) return [];
  return given
    .split(',')
    .map((one) => one.trim().toLowerCase())
    .filter((one) => one !== '' && one !== 'identity');
}

/** @param readable the codings that the endpoint reads, for `Accept-Encoding` (RFC 9110, section 12.5.3) */
function refuseCoding(detail: string, readable: string): Problem {
  return new Problem('unsupported-media-type', { detail, headers: { 'Accept-Encoding': readable } });
}

/**
 * Whether the body of an upload is gzip. `x-gzip` is an older name of the same coding.
 *
 * @throws Problem if it is encoded in another way, or more than once
 */
export function isGzip({ headers }: IncomingMessage): boolean {
  const [coding, ...others] = readCodings(headers);
  if (coding === undefined) return false;
  if (others.length === 0 && (coding === 'gzip' || coding === 'x-gzip')) return true;
  throw refuseCoding(
    'The Content-Encoding of the body cannot be read. Compress the body once with gzip, or not at all.',
    'gzip, identity',
  );
}

/** Whether a request has a body that is read: the body of a GET means nothing (RFC 9110, section 9.3.1). */
function hasBody({ method, headers }: IncomingMessage): boolean {
  if (method === 'GET' || method === 'HEAD') return false;
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

/**
 * Refuses an encoded body where JSON is expected, before it is read: the encoded bytes are not the document.
 *
 * @throws Problem `unsupported-media-type`
 */
export function refuseEncodedBody({ raw, is404 }: FastifyRequest): void {
  if (raw.headers['content-encoding'] === undefined || is404 || !hasBody(raw)) return;
  if (readCodings(raw.headers).length === 0) return;
  throw refuseCoding(
    'The Content-Encoding of the body cannot be read. Send plain JSON; only uploads to /v1/imports may be gzip.',
    'identity',
  );
}
