/**
 * The code of every mistake that a request can have, for programs that say it in the language of their user. A code keeps
 * its meaning; a new kind of mistake gets a new code. The words in backquotes are the names of its `params`.
 */
export const MISTAKE_CODES = {
  brief: 'The mistakes of this line were not kept, as too many lines before it have mistakes.',
  'cell-count': 'The row has another number of cells than the header has columns.',
  combination: 'The field and another one do not go together, or one of them is missing.',
  'control-character': 'The text contains a control character (`character`, `name`, `position`).',
  damaged:
    'A program changed the value or put a word in its place, such as a spreadsheet that shortened a number.',
  encoding:
    'The text was damaged when its encoding was changed; where a character shows it: `character`, `name`, `position`.',
  enum: 'The value is none of the allowed ones (`allowed`).',
  format: 'The text does not have the required format.',
  'impossible-number': 'No telephone number begins with these digits and has this length.',
  'invisible-character':
    'The text contains a character that is not seen (`character`, `name`, `position`), so that two texts look alike and differ.',
  'line-break':
    'The cell has a line break, or the line is inside of such a cell: a stray quote swallows rows.',
  'not-allowed': 'The key or token of the caller may not do this (`max`, where it is a limit).',
  'out-of-range': 'The number is below `min` or above `max`, or JavaScript cannot represent it exactly.',
  past: 'The time is in the past.',
  repeated: 'An earlier element of the list or of the request means the same.',
  'repeated-name': 'The name is in the object twice.',
  required: 'The field, parameter or header is missing.',
  'reserved-name': 'The name is reserved.',
  syntax: 'The body is not JSON, or nests too deeply (`max`).',
  'too-few': 'The list has fewer than `min` elements.',
  'too-long': 'The text has more than `max` characters, or the line more than `max` bytes.',
  'too-many': 'The list or object has more than `max` elements or names.',
  'too-short': 'The text is empty, or only white space; it must have at least `min` characters.',
  type: 'The value has another type than `expected`.',
  'unknown-property': 'The object has no such field.',
  'unnamed-column': 'The cell has a value, and its column no name in the header.',
  'white-space': 'The text begins or ends with white space.',
} as const satisfies Readonly<Record<string, string>>;

export type MistakeCode = keyof typeof MISTAKE_CODES;

/** The parameters of a mistake by name, such as `{ max: 100 }`. They never hold a value of the request. */
export type MistakeParams = Readonly<Record<string, string | number | readonly string[]>>;
