import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { refusal } from './issues.ts';
import type { Refusal } from './issues.ts';
import type { JournalEntry } from './journal.ts';
import type { VendorCall } from './vendor-call.ts';

const tokenHeader = 'x-cap-api-oauth-token';

export function readAuthScheme(headers: IncomingHttpHeaders): JournalEntry['authScheme'] {
  if (headers[tokenHeader] !== undefined) return 'oauth';
  if (headers.authorization === undefined) return 'none';
  return /^basic /i.test(headers.authorization) ? 'basic' : 'other';
}

/** Accepts an access token, or a till with the MD5 of its password: docs/vendor-contract.md sections 1 and 5. */
export function refuseStranger({ headers, state, credentials }: VendorCall): Refusal | null {
  const token = headers[tokenHeader];
  if (token !== undefined)
    return state.tokens.isValid(token.toString())
      ? null
      : refusal(401, 401, 'Invalid or expired access token');
  const [scheme = '', encoded = ''] = (headers.authorization ?? '').split(' ');
  const { till, password } = credentials;
  const expected = `${till}:${createHash('md5').update(password).digest('hex')}`;
  const given = Buffer.from(encoded, 'base64').toString();
  return scheme.toLowerCase() === 'basic' && given === expected
    ? null
    : refusal(401, 401, 'Authentication failed');
}
