import { MAX_IDENTIFIERS } from '../../customers/dto/customer-reference.dto.js';
import { IDENTIFIER_TYPES } from '../../customers/dto/identifier.dto.js';
import type { ValueMistake } from '../../problems/problem.js';
import { isReservedName } from '../../validation/json-body.js';
import { MAX_FIELD_NAME_LENGTH, textMistake } from '../../validation/text.js';
import type { CellUse } from './damaged-cells.js';
import type { CellType, Fields } from './kind-columns.js';

/** The path of a field in the DTO: names, and positions in lists. */
export type Path = readonly (string | number)[];

/** A column of a header. */
export interface Column {
  /** The name as the header spells it. */
  readonly name: string;
  /** `cards.<n>.number` */
  readonly pattern: string;
  readonly path: Path;
  readonly type: CellType;
  readonly use: CellUse;
  /** Present for `identifiers.mobile`, which has no position and also sets the identifier's type. */
  readonly identifierType?: string;
}

/** Texts that may be any word: a person may be called Null. All others, besides fields of the organization, identify something. */
const FREE_TEXTS = new Set(['<name>', 'firstName', 'lastName', 'statusLabel']);

/** The ends of the columns that identify a customer or a card. */
const OF_CUSTOMERS = [
  'identifiers.<type>',
  'identifiers.<n>.value',
  'cards.<n>.number',
  'cards.<n>.cardExternalId',
];

function useOf(pattern: readonly string[]): CellUse {
  if (FREE_TEXTS.has(pattern.at(-1) ?? '')) return 'text';
  return OF_CUSTOMERS.some((end) => pattern.join('.').endsWith(end)) ? 'customer' : 'code';
}

const isPosition = (word: string | undefined): word is string => word !== undefined && /^\d+$/.test(word);

/** A column, or why the name is none: undefined where no more can be said. */
export type Resolved = { readonly column: Column } | { readonly reason: ValueMistake | undefined };

const RESERVED: ValueMistake = { code: 'reserved-name', message: 'is not an allowed name' };
const NAMELESS: ValueMistake = { code: 'required', message: 'needs a name after it' };

function overLimit(list: string, max: number): ValueMistake {
  return {
    code: 'out-of-range',
    params: { max },
    message: `has a position in ${list} over the limit of ${max}`,
  };
}

const UNKNOWN: Resolved = { reason: undefined };

/** Follows the words of a name through the fields of a kind. */
export function resolveColumn(name: string, at: number, root: Fields): Resolved {
  const words = name.split('.');
  const path: (string | number)[] = [];
  const pattern: string[] = [];
  const end = (type: CellType, identifierType?: string): Resolved => {
    const column = { name, pattern: pattern.join('.'), path, type, use: useOf(pattern) };
    return { column: identifierType === undefined ? column : { ...column, identifierType } };
  };
  let fields = root;
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const field = fields.get(word);
    if (!field) return UNKNOWN;
    path.push(word);
    pattern.push(word);
    switch (field.is) {
      case 'value':
        return words.length === 0 ? end(field.type) : UNKNOWN;
      case 'map': {
        if (words.length === 0) return { reason: NAMELESS };
        // Everything after the name of a map is one name.
        const inner = words.join('.');
        const mistake = isReservedName(inner) ? RESERVED : textMistake(inner, MAX_FIELD_NAME_LENGTH);
        if (mistake)
          return { reason: { ...mistake, message: `has a name in ${word} that ${mistake.message}` } };
        path.push(inner);
        pattern.push('<name>');
        return end('text');
      }
      case 'object':
        ({ fields } = field);
        break;
      case 'list': {
        const position = words.shift();
        if (field.isIdentifiers && position !== undefined && words.length === 0) {
          if (!(IDENTIFIER_TYPES as readonly string[]).includes(position)) return UNKNOWN;
          // An identifier without a position comes after all that have one, in the order of the header.
          path.push(MAX_IDENTIFIERS + at);
          pattern.push('<type>');
          return end('text', position);
        }
        if (!isPosition(position)) return UNKNOWN;
        if (Number(position) >= field.max) {
          return { reason: overLimit(word, field.max - 1) };
        }
        path.push(Number(position));
        pattern.push('<n>');
        ({ fields } = field);
        break;
      }
    }
  }
  return UNKNOWN;
}
