import type { Wording } from './load.js';

/** 12 digits. None of these numbers is a real one. */
const FIRST_MOBILE = 910_000_000_000;

const writers: Record<Wording, (mobile: number) => string> = {
  update: (mobile) =>
    `{"identifiers":[{"type":"mobile","value":"${mobile}"}],"firstName":"Asha","lastName":"Rao-Iyer","loyaltyType":"loyalty"}`,
  item: (mobile) =>
    `{"profiles":[{"firstName":"Asha","lastName":"Rao-Iyer","identifiers":[{"type":"mobile","value":"${mobile}"}]}],"loyaltyInfo":{"loyaltyType":"loyalty"}}`,
  call: (mobile) => `[${writers.item(mobile)}]`,
};

export const JSON_HEADERS = { 'Content-Type': 'application/json', Accept: 'application/json' } as const;

/** Returns the method and path of a request. */
export function targetOf(wording: Wording): { readonly method: 'PUT' | 'PATCH'; readonly path: string } {
  return wording === 'call'
    ? { method: 'PUT', path: '/v2/bulk?source=INSTORE' }
    : { method: 'PATCH', path: '/v1/customers' };
}

/** Returns a function that writes the next body: always the same update, each time of another customer. */
export function bodiesFrom(wording: Wording, firstCustomer: number): () => string {
  const write = writers[wording];
  let mobile = FIRST_MOBILE + firstCustomer;
  return () => write(mobile++);
}
