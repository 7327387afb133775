import { isEmail } from 'class-validator';
import { isDateTimeWithOffset } from './dates.js';
import { pointerTo } from './json-body.js';
import type { InnerMistake, Rule } from './validate-as.js';

/** Source: docs/vendor-contract.md section 2; the vendor silently cuts longer names, so we refuse them. */
export const MAX_NAME_LENGTH = 100;

/** Limits codes of tills and series, and status labels. It is our bound; the vendor documents none. */
export const MAX_CODE_LENGTH = 100;

/** The most updates in one request; our limit. Source: docs/decisions/0007-input-limits.md. */
export const MAX_BATCH_UPDATES = 1000;

/** Limit maps of fields. They are our bounds; the vendor documents none. */
export const MAX_FIELDS = 100;
export const MAX_FIELD_NAME_LENGTH = 100;
export const MAX_FIELD_VALUE_LENGTH = 1000;

/** A map of fields as the vendor accepts it. */
export type FieldMap = Record<string, string | number | boolean>;

/** Returns the OpenAPI schema of a map of fields. */
export function fieldMapSchema(example: FieldMap) {
  const value: { type: 'string' | 'number' | 'boolean' }[] = [
    { type: 'string' },
    { type: 'number' },
    { type: 'boolean' },
  ];
  return {
    type: 'object' as const,
    additionalProperties: { oneOf: value },
    maxProperties: MAX_FIELDS,
    example,
  };
}

const CONTROL_CHARACTER = /\p{Cc}/u;

/** Most texts: printable ASCII without a space at either end. One search settles them. */
const PLAIN_TEXT = /^[!-~](?:[ -~]*[!-~])?$/;

/**
 * Most addresses: dotted words of ASCII, at a domain of two labels or more. The check of class-validator is slower by far,
 * and accepts all of them.
 */
const PLAIN_ADDRESS =
  /^(?=[^@]{1,64}@)[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z]{2,63}$/i;
const MAX_ADDRESS_LENGTH = 254;

/** Whether a text is an e-mail address, as class-validator decides. */
export function isAddress(value: string): boolean {
  return (value.length <= MAX_ADDRESS_LENGTH && PLAIN_ADDRESS.test(value)) || isEmail(value);
}

/** Counts characters, not UTF-16 units, and only in a text that may be too long, because counting takes long. */
function isLongerThan(maxLength: number, value: string): boolean {
  return value.length > maxLength && [...value].length > maxLength;
}

/** @returns what is wrong with a text of 1 to `maxLength` characters; undefined if it is valid */
export function textMistake(value: unknown, maxLength: number): string | undefined {
  if (typeof value !== 'string') return 'must be a string';
  if (value.length <= maxLength && PLAIN_TEXT.test(value)) return undefined;
  if (value.trim() === '') return 'must not be empty';
  if (value.trim() !== value) return 'must not begin or end with white space';
  if (isLongerThan(maxLength, value)) return `must be at most ${maxLength} characters`;
  if (CONTROL_CHARACTER.test(value)) return 'must not contain control characters';
  return undefined;
}

/** Requires a text of 1 to `maxLength` characters without control characters and without white space around it. */
export function text(maxLength: number): Rule {
  return (value) => {
    const message = textMistake(value, maxLength);
    return message === undefined ? [] : [{ pointer: '', message }];
  };
}

/** Requires a date-time that exists, to the second and with an offset. Source: docs/vendor-contract.md section 2. */
export const dateTime: Rule = (value) =>
  typeof value === 'string' && isDateTimeWithOffset(value)
    ? []
    : [
        {
          pointer: '',
          message: 'must be a real date-time YYYY-MM-DDTHH:MM:SS with an offset such as +05:30',
        },
      ];

function fieldMistake(name: string, value: unknown): string | undefined {
  const nameMistake = textMistake(name, MAX_FIELD_NAME_LENGTH);
  if (nameMistake) return `the name ${nameMistake}`;
  if (typeof value === 'boolean' || typeof value === 'number') return undefined;
  if (typeof value !== 'string') return 'must be a string, number or boolean';
  if (isLongerThan(MAX_FIELD_VALUE_LENGTH, value))
    return `must be at most ${MAX_FIELD_VALUE_LENGTH} characters`;
  return undefined;
}

/** Requires a map of field names to strings, numbers and booleans. */
export const fieldMap: Rule = (map): InnerMistake[] => {
  if (typeof map !== 'object' || map === null || Array.isArray(map)) {
    return [{ pointer: '', message: 'must be an object of names and values' }];
  }
  const names = Object.keys(map);
  if (names.length > MAX_FIELDS) return [{ pointer: '', message: `must have at most ${MAX_FIELDS} names` }];
  const mistakes: InnerMistake[] = [];
  for (const name of names) {
    const message = fieldMistake(name, (map as Record<string, unknown>)[name]);
    if (message !== undefined) mistakes.push({ pointer: pointerTo('', name), message });
  }
  return mistakes;
};

/** Returns the same text for the same key only; most keys are texts, for which JSON would take long. */
function identityOf(key: readonly unknown[]): string {
  let identity = '';
  for (const part of key) {
    if (typeof part !== 'string') return JSON.stringify(key);
    identity += `${part.length}:${part}`;
  }
  return identity;
}

/** Points at every element of a list that repeats an earlier one. */
export function repeated(
  list: unknown,
  key: (element: Record<string, unknown>) => unknown[],
): InnerMistake[] {
  if (!Array.isArray(list) || list.length < 2) return [];
  const seen = new Set<string>();
  const mistakes: InnerMistake[] = [];
  for (const [index, element] of (list as unknown[]).entries()) {
    if (typeof element !== 'object' || element === null) continue;
    const identity = identityOf(key(element as Record<string, unknown>));
    if (seen.has(identity)) mistakes.push({ pointer: pointerTo('', index), message: 'is in the list twice' });
    else seen.add(identity);
  }
  return mistakes;
}
