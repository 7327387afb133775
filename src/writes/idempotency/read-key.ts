import type { FastifyRequest } from 'fastify';
import { invalidRequest } from '../../problems/problem.js';
import { callerId } from '../../security/principal.js';
import type { KeySpace, RecordKey } from '../../records/idempotency-record.js';

export const KEY_HEADER = 'Idempotency-Key';

/** Our bound: the draft sets none. */
export const MAX_KEY_LENGTH = 255;

/** A string of RFC 9651, section 3.3.3: printable ASCII in quotes, with `\"` and `\\` for the two. */
const QUOTED = /^"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;

/** What most clients send: a UUID or the like, without what separates or quotes in a header. */
const BARE = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+$/;

const MESSAGE = `must be a quoted string, or a token without quotes, commas, semicolons or spaces, of 1 to ${MAX_KEY_LENGTH} printable ASCII characters`;

/**
 * Reads the key of a request; `"a"` and `a` are the same key.
 * Source: draft-ietf-httpapi-idempotency-key-header-07, section 2.1.
 *
 * @param given each field line of that name
 * @throws Problem `invalid-request`, naming the header
 */
export function readKey(given: readonly string[] | undefined): string | undefined {
  if (given === undefined || given.length === 0) return undefined;
  const [header = ''] = given;
  if (given.length > 1) throw refused('must be given once');
  const key = QUOTED.exec(header)?.[1]?.replaceAll(/\\(["\\])/g, '$1') ?? BARE.exec(header)?.[0];
  if (key === undefined || !isKey(key)) throw refused(MESSAGE);
  return key;
}

/** @throws Problem as `readKey` does */
export function readKeyOf({ raw }: FastifyRequest): string | undefined {
  return readKey(raw.headersDistinct[KEY_HEADER.toLowerCase()]);
}

/** Where the keys of such requests mean something. */
export function keySpaceOf(request: FastifyRequest): KeySpace {
  const { method, routeOptions } = request;
  return { principal: callerId(request), endpoint: `${method} ${routeOptions.url ?? ''}` };
}

export function recordOf(request: FastifyRequest, key: string): RecordKey {
  return { ...keySpaceOf(request), key };
}

/** Whether it can be a key: 1 to 255 printable ASCII characters. */
export function isKey(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_KEY_LENGTH && /^[\x20-\x7e]+$/.test(value);
}

function refused(message: string) {
  return invalidRequest([{ header: KEY_HEADER, code: 'format', message }]);
}
