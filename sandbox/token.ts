import { refuseContentType } from './media-type.ts';
import { isObject } from './shape.ts';
import type { OpenedCall, VendorCall } from './vendor-call.ts';

/** `POST /v3/oauth/token/generate`, docs/vendor-contract.md section 5. */
export function openTokenCall({ headers, body, state, credentials }: VendorCall): OpenedCall {
  const wrongType = refuseContentType(headers);
  if (wrongType) return refuseToken(415, wrongType.issue.message);
  if (!isObject(body)) return refuseToken(400, 'The body must be a JSON object with key and secret');
  if (body['key'] !== credentials.key || body['secret'] !== credentials.secret)
    return refuseToken(401, 'Invalid key or secret');
  return {
    accepted: true,
    finish: () => {
      const ttlSeconds = state.settings.tokenTtlSeconds;
      const accessToken = state.tokens.issue(ttlSeconds);
      return { status: 200, body: { data: { accessToken, ttlSeconds }, errors: null } };
    },
  };
}

function refuseToken(status: number, message: string): OpenedCall {
  return {
    accepted: false,
    finish: () => ({ status, body: { data: null, errors: [{ status: false, code: status, message }] } }),
  };
}
