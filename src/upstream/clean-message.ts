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
  let sent: string[] | undefined; // gathered at the first message: most answers hold none
  return (message) => {
    sent ??= [...new Set(personalValues(items))].toSorted((one, other) => other.length - one.length);
    const cut = message.slice(0, MAX_MESSAGE_LENGTH * 4);
    return sent
      .reduce((text, value) => text.replaceAll(value, '…'), cut)
      .replaceAll(EMAIL, '…')
      .replaceAll(LONG_NUMBER, '…')
      .slice(0, MAX_MESSAGE_LENGTH);
  };
}
