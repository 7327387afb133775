/** The longest description would quote the value again. */
const MAX_SIGNS = 4;

const NAMED: Readonly<Record<string, string>> = {
  ',': 'a comma',
  '.': 'a point',
  '-': 'a hyphen',
  "'": 'an apostrophe',
  '"': 'a quotation mark',
};

function nameSign(sign: string): string {
  return NAMED[sign] ?? sign;
}

/** Describes the characters of a text: it names the signs, and not the letters and digits. */
function partsOf(text: string): string {
  const signs = [...new Set(text.match(/[!-/:-@[-`{-~]/g))];
  const parts = [
    ...(/\p{L}/u.test(text) ? ['letters'] : []),
    ...(/\p{N}/u.test(text) ? ['digits'] : []),
    ...(/\s/.test(text) ? ['white space'] : []),
    ...(signs.length > MAX_SIGNS ? ['several signs'] : signs.map(nameSign)),
    ...(/[^\p{L}\p{M}\p{N}\s!-~]/u.test(text) ? ['other characters'] : []),
  ];
  const last = parts.pop() ?? '';
  return parts.length === 0 ? last : `${parts.join(', ')} and ${last}`;
}

function describeText(text: string): string {
  if (text === '') return 'an empty text';
  const count = [...text].length;
  const [first = ''] = text;
  const begins = /[!-/:-@[-`{-~]/.test(first) ? `, begins with ${nameSign(first)}` : '';
  return `${count} ${count === 1 ? 'character' : 'characters'}${begins}: ${partsOf(text)}`;
}

/**
 * Describes what was found in place of a valid value, without the value: it may be personal.
 *
 * @returns undefined if there is nothing to describe, as the value is absent
 */
export function describeShape(value: unknown): string | undefined {
  if (typeof value === 'string') return describeText(value);
  if (typeof value === 'number')
    return Number.isInteger(value) ? 'a whole number' : 'a number with a fraction';
  if (typeof value === 'boolean') return 'true or false';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' ? 'an object' : undefined;
}
