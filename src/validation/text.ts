import { isEmail } from 'class-validator';
import { isDateTimeWithOffset } from './dates.js';
import { pointerTo } from './json-body.js';
import { type InnerMistake, REQUIRED, type Rule, atValue, typeMistake } from './validate-as.js';
import { type TextKind, characterMistake, characterMistakeInLines } from './characters.js';
import type { ValueMistake } from '../problems/problem.js';

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
  const value: { type: 'string' | 'number' | 'boolean'; minLength?: number; maxLength?: number }[] = [
    { type: 'string', minLength: 1, maxLength: MAX_FIELD_VALUE_LENGTH },
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

/** Most texts: printable ASCII without a space at either end. One search settles them. */
const PLAIN_TEXT = /^[!-~](?:[ -~]*[!-~])?$/;

/**
 * Most addresses: dotted words of ASCII, at a domain of two labels or more. The check of class-validator is slower by far,
 * and accepts all of them.
 */
const PLAIN_ADDRESS =
  /^(?=[^@]{1,64}@)[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z]{2,63}$/i;
const MAX_ADDRESS_LENGTH = 254;

/** What is wrong with a text that is no e-mail address. */
export const NO_ADDRESS: ValueMistake = { code: 'format', message: 'must be an e-mail address' };

/** Whether a text is an e-mail address, as class-validator decides. */
export function isAddress(value: string): boolean {
  return (value.length <= MAX_ADDRESS_LENGTH && PLAIN_ADDRESS.test(value)) || isEmail(value);
}

/** Counts characters, not UTF-16 units, and only in a text that may be too long, because counting takes long. */
function isLongerThan(maxLength: number, value: string): boolean {
  return value.length > maxLength && [...value].length > maxLength;
}

function isTooLong(max: number): ValueMistake {
  return { code: 'too-long', params: { max }, message: `must be at most ${max} characters` };
}

const EMPTY: ValueMistake = { code: 'too-short', params: { min: 1 }, message: 'must not be empty' };
const NO_STRING = typeMistake('string', 'must be a string');
const SPACE_AROUND: ValueMistake = {
  code: 'white-space',
  message: 'must not begin or end with white space',
};

/** @returns what is wrong with a text of 1 to `maxLength` characters; undefined if it is valid */
export function textMistake(
  value: unknown,
  maxLength: number,
  kind: TextKind = 'identifying',
): ValueMistake | undefined {
  if (typeof value !== 'string') return value === undefined ? REQUIRED : NO_STRING;
  if (value.length <= maxLength && PLAIN_TEXT.test(value)) return undefined;
  if (value.trim() === '') return EMPTY;
  const mistake = characterMistake(value, kind);
  if (mistake) return mistake;
  if (value.trim() !== value) return SPACE_AROUND;
  return isLongerThan(maxLength, value) ? isTooLong(maxLength) : undefined;
}

/** Requires a text of 1 to `maxLength` characters without white space around it. See `TextKind` for its characters. */
export function text(maxLength: number, kind?: TextKind): Rule {
  return (value) => atValue(textMistake(value, maxLength, kind));
}

const NO_DATE_TIME: ValueMistake = {
  code: 'format',
  message: 'must be a real date-time YYYY-MM-DDTHH:MM:SS with an offset such as +05:30',
};

/** Requires a date-time that exists, with an offset. Source: docs/vendor-contract.md section 2. */
export const dateTime: Rule = (value) =>
  atValue(typeof value === 'string' && isDateTimeWithOffset(value) ? undefined : NO_DATE_TIME);

/** Most values of fields: printable ASCII, perhaps in several lines, and not only white space. */
const PLAIN_LINES = /^[ \n]*[!-~][ -~\n]*$/;

/** Anything that a person sees; joiners and formats alone are an empty value too. */
const INK = /[^\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u{2800}]/u;

const NOTHING: ValueMistake = {
  code: 'too-short',
  params: { min: 1 },
  message: 'must not be empty: no field can be cleared, and a field that is left out keeps its value',
};
const NO_FIELD_VALUE = typeMistake('string, number or boolean', 'must be a string, number or boolean');

function fieldValueMistake(value: unknown): ValueMistake | undefined {
  if (typeof value === 'boolean' || typeof value === 'number') return undefined;
  if (typeof value !== 'string') return NO_FIELD_VALUE;
  if (value.length <= MAX_FIELD_VALUE_LENGTH && PLAIN_LINES.test(value)) return undefined;
  if (!INK.test(value)) return NOTHING;
  if (isLongerThan(MAX_FIELD_VALUE_LENGTH, value)) return isTooLong(MAX_FIELD_VALUE_LENGTH);
  return characterMistakeInLines(value);
}

function fieldMistake(name: string, value: unknown): ValueMistake | undefined {
  const nameMistake = textMistake(name, MAX_FIELD_NAME_LENGTH);
  if (nameMistake) return { ...nameMistake, message: `the name ${nameMistake.message}` };
  return fieldValueMistake(value);
}

const NO_MAP = typeMistake('object', 'must be an object of names and values');

/** Requires a map of field names to strings, numbers and booleans. */
export const fieldMap: Rule = (map): readonly InnerMistake[] => {
  if (typeof map !== 'object' || map === null || Array.isArray(map)) return atValue(NO_MAP);
  const names = Object.keys(map);
  if (names.length > MAX_FIELDS) {
    return atValue({
      code: 'too-many',
      params: { max: MAX_FIELDS },
      message: `must have at most ${MAX_FIELDS} names`,
    });
  }
  const mistakes: InnerMistake[] = [];
  for (const name of names) {
    const mistake = fieldMistake(name, (map as Record<string, unknown>)[name]);
    if (mistake) mistakes.push({ ...mistake, pointer: pointerTo('', name) });
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
    if (!seen.has(identity)) seen.add(identity);
    else mistakes.push({ pointer: pointerTo('', index), code: 'repeated', message: 'is in the list twice' });
  }
  return mistakes;
}
