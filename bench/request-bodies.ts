import type { Wording } from './load.js';

/** 12 digits. None of these numbers is a real one. */
const FIRST_MOBILE = 910_000_000_000;

/** Returns the mobile of a customer of the bench. */
export function mobileOf(customer: number): string {
  return String(FIRST_MOBILE + customer);
}

const writers: Record<Wording, (mobile: string) => string> = {
  update: (mobile) =>
    `{"identifiers":[{"type":"mobile","value":"${mobile}"}],"firstName":"Asha","lastName":"Rao-Iyer","loyaltyType":"loyalty"}`,
  invalid: (mobile) =>
    `{"identifiers":[{"type":"mobile","value":"${mobile}"}],"firstName":7,"lastName":"Rao-Iyer","loyaltyType":"loyalty"}`,
  item: (mobile) =>
    `{"profiles":[{"firstName":"Asha","lastName":"Rao-Iyer","identifiers":[{"type":"mobile","value":"${mobile}"}]}],"loyaltyInfo":{"loyaltyType":"loyalty"}}`,
  call: (mobile) => `[${writers.item(mobile)}]`,
  health: () => '',
};

export const JSON_HEADERS = { 'Content-Type': 'application/json', Accept: 'application/json' } as const;

interface RequestTarget {
  readonly method: 'GET' | 'PUT' | 'PATCH';
  readonly path: string;
}

/** Returns the method and path of a request. */
export function targetOf(wording: Wording): RequestTarget {
  if (wording === 'health') return { method: 'GET', path: '/health/live' };
  return wording === 'call'
    ? { method: 'PUT', path: '/v2/bulk?source=INSTORE' }
    : { method: 'PATCH', path: '/v1/customers' };
}

/** Returns a function that writes the next body: always the same update, each time of another customer; empty if it has none. */
export function bodiesFrom(wording: Wording, firstCustomer: number): () => string {
  const write = writers[wording];
  let customer = firstCustomer;
  return () => write(mobileOf(customer++));
}
