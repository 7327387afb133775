import type { BulkItem } from './bulk-request.js';
import type { CleanMessage } from './read-results.js';

/** Long enough for every sentence of CONTRACT, short enough to hold no document. */
const MAX_MESSAGE_LENGTH = 300;

/** What is longer is no message, and not worth the search for what is personal in it. */
const MAX_READ_LENGTH = 4000;

/** Shorter values are taken out as whole words only: as parts of words they would take the message with them. */
const MIN_PART_LENGTH = 3;

/** Begins only where a word does: begun at each letter of a long word without an @, the search would be quadratic. */
const EMAIL = /(?<![^\s@<>"'])[^\s@<>"']+@[^\s@<>"']+/g;
const LONG_NUMBER = /\+?\d(?:[\s-]?\d){5,}/g;

/** The parts of an item whose values say who a customer is, or what he or she is like. */
const PERSONAL = new Set(['firstName', 'lastName', 'value', 'fields', 'extendedFields', 'cardExternalId']);

/** A name that an organisation gives a field. Whatever else stands as one may be anything of anybody. */
const FIELD_NAME = /^[A-Za-z][A-Za-z_]*\d{0,2}$/;

function* personalValues(node: unknown, isPersonal = false): Generator<string> {
  if (typeof node === 'string' || typeof node === 'number' || typeof node === 'boolean') {
    if (isPersonal) yield String(node);
  } else if (typeof node === 'object' && node !== null) {
    for (const [key, child] of Object.entries(node)) {
      if (isPersonal && !Array.isArray(node) && !FIELD_NAME.test(key)) yield key;
      yield* personalValues(child, isPersonal || PERSONAL.has(key));
    }
  }
}

/**
 * Makes the cleaner for the answer to these items: numbers, addresses and every personal value that was sent become
 * `…`. The vendor's messages go to callers, and nothing says what it puts into them.
 */
export function cleanerFor(items: readonly BulkItem[]): CleanMessage {
  let clean: CleanMessage | undefined; // most answers hold no message
  return (message) => {
    clean ??= cleanerOf([...new Set(personalValues(items))]);
    return clean(message);
  };
}

/** Finds a value in whatever case, as a part of a word only where it is long enough, and never a number in a longer one. */
function finderOf(value: string): RegExp {
  const literal = value.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  const isWholeWord = value.length < MIN_PART_LENGTH || /^(?:[\d.-]+|true|false)$/.test(value);
  return new RegExp(isWholeWord ? `(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])` : literal, 'giu');
}

/** Makes a cleaner that takes these values out, longest first, and whatever looks like a number or an address. */
export function cleanerOf(values: readonly string[]): CleanMessage {
  const longestFirst = values
    .filter((value) => value.trim() !== '')
    .toSorted((one, other) => other.length - one.length);
  return (message) => {
    if (message.length > MAX_READ_LENGTH) return '…';
    const lower = message.toLowerCase();
    return longestFirst
      .filter((value) => lower.includes(value.toLowerCase()))
      .reduce((text, value) => text.replaceAll(finderOf(value), '…'), message)
      .replaceAll(EMAIL, '…')
      .replaceAll(LONG_NUMBER, '…')
      .slice(0, MAX_MESSAGE_LENGTH);
  };
}
