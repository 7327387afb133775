import { SANDBOX_PASSWORD, SANDBOX_SECRET } from './sandbox-credentials.js';

/** What is personal or secret in the requests of the tests, as whole texts or by its form. */
const PRIVATE: readonly RegExp[] = [
  /(?<!\d)9199\d{8}(?!\d)/g, // the mobiles of the tests
  /[\w.+-]+@[\w-]+\.[a-z]{2,}/g,
  /\b(?:Asha|Sawyer|Zaphodine|Quentin)\b/g,
  /\bmns_[\w-]{20,}/g, // an API key
  /\beyJ[\w-]{10,}\.[\w-]+/g, // a JWT
  new RegExp(`${SANDBOX_SECRET}|${SANDBOX_PASSWORD}`, 'g'),
];

/** Everything in a log that must never stand in one. */
export function privateValuesIn(log: string): string[] {
  return [...new Set(PRIVATE.flatMap((pattern) => log.match(pattern) ?? []))];
}
