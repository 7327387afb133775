import type { BulkItem } from './bulk-request.js';
import type { CleanMessage } from './read-results.js';

/** Long enough for every sentence of CONTRACT, short enough to hold no document. */
const MAX_MESSAGE_LENGTH = 300;
const EMAIL = /[^\s@<>"']+@[^\s@<>"']+/g;
const LONG_NUMBER = /\+?\d(?:[\s-]?\d){5,}/g;

/** The parts of an item whose values say who a customer is, or what he or she is like. */
const PERSONAL = new Set(['firstName', 'lastName', 'value', 'fields', 'extendedFields', 'cardExternalId']);

function* personalValues(node: unknown, isPersonal = false): Generator<string> {
  if (typeof node === 'string') {
    if (isPersonal && node.length >= 3) yield node;
  } else if (typeof node === 'object' && node !== null) {
    for (const [key, child] of Object.entries(node)) {
      yield* personalValues(child, isPersonal || PERSONAL.has(key));
    }
  }
}

/**
 * Makes the cleaner for the answer to these items: numbers, addresses and every personal value that was sent become
 * `…`. The vendor's messages go to callers and logs, and nothing says what it puts into them.
 */
export function cleanerFor(items: readonly BulkItem[]): CleanMessage {
  let clean: CleanMessage | undefined; // most answers hold no message
  return (message) => {
    clean ??= cleanerOf([...new Set(personalValues(items))]);
    return clean(message);
  };
}

/** Makes a cleaner that takes these values out, longest first, and whatever looks like a number or an address. */
export function cleanerOf(values: readonly string[]): CleanMessage {
  const longestFirst = values.toSorted((one, other) => other.length - one.length);
  return (message) =>
    longestFirst
      .reduce((text, value) => text.replaceAll(value, '…'), message.slice(0, MAX_MESSAGE_LENGTH * 4))
      .replaceAll(EMAIL, '…')
      .replaceAll(LONG_NUMBER, '…')
      .slice(0, MAX_MESSAGE_LENGTH);
}
