import type { IncomingHttpHeaders } from 'node:http';
import { refusal } from './issues.ts';
import type { Refusal } from './issues.ts';

export function refuseContentType(headers: IncomingHttpHeaders): Refusal | null {
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  return type.trim().toLowerCase() === 'application/json'
    ? null
    : refusal(415, 415, 'Content-Type must be application/json');
}

/** The vendor documents no 406, so the sandbox answers 415 to an unacceptable Accept header too. */
export function refuseAccept(headers: IncomingHttpHeaders): Refusal | null {
  const types = (headers.accept ?? '')
    .split(',')
    .map((part) => (part.split(';')[0] ?? '').trim().toLowerCase());
  return types.includes('application/json') || types.includes('*/*')
    ? null
    : refusal(415, 415, 'Accept must include application/json');
}
