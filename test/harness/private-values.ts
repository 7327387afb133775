import { SANDBOX_PASSWORD, SANDBOX_SECRET } from './sandbox-credentials.js';

/** Patterns of the personal and secret values in the requests of the tests. */
const PRIVATE: readonly RegExp[] = [
  /(?<!\d)9199\d{8}(?!\d)/g, // the mobiles of the tests
  /[\w.+-]+@[\w-]+\.[a-z]{2,}/g,
  /\b(?:Asha|Sawyer|Zaphodine|Quentin)\b/g,
  /\bmns_[\w-]{20,}/g, // an API key
  /\beyJ[\w-]{10,}\.[\w-]+/g, // a JWT
  new RegExp(`${SANDBOX_SECRET}|${SANDBOX_PASSWORD}`, 'g'),
];

/** Finds the personal and secret values in a log. */
export function privateValuesIn(log: string): string[] {
  return [...new Set(PRIVATE.flatMap((pattern) => log.match(pattern) ?? []))];
}
