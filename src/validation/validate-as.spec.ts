import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  Matches,
  Max,
  Min,
} from 'class-validator';
import { describe, expect, it } from 'vitest';
import { fieldMap, repeated, text } from './text.js';
import { Check, Nested, NestedList, Optional, validateAs } from './validate-as.js';

class Seat {
  @IsInt()
  row: number;
}

class Tour {
  @Check(text(5))
  name: string;

  @IsIn(['bus', 'boat'])
  by: string;

  @Max(9)
  @Min(2)
  @IsInt()
  days: number;

  @Nested(() => Seat)
  guide: Seat;

  @Check((list) => repeated(list, ({ row }) => [row]))
  @NestedList(() => Seat, { min: 1, max: 2 })
  seats: Seat[];

  @Optional()
  @IsBoolean()
  isOpen?: boolean;

  @Optional()
  @Matches(/^\d$/, { message: 'must be a digit' })
  digit?: string;

  @Optional()
  @ArrayMaxSize(1)
  @ArrayNotEmpty()
  @IsArray()
  stops?: unknown[];

  @Optional()
  @Check(fieldMap)
  fields?: object;
}

const VALID = { name: 'a', by: 'bus', days: 3, guide: { row: 1 }, seats: [{ row: 1 }] };

describe('the codes of mistakes', () => {
  it.each<[object, string, string, object?]>([
    [{ name: undefined }, '/name', 'required'],
    [{ by: undefined }, '/by', 'required'],
    [{ days: undefined }, '/days', 'required'],
    [{ guide: undefined }, '/guide', 'required'],
    [{ seats: undefined }, '/seats', 'required'],
    [{ guide: {} }, '/guide/row', 'required'],
    [{ name: 7 }, '/name', 'type', { expected: 'string' }],
    [{ days: 2.5 }, '/days', 'type', { expected: 'integer' }],
    [{ isOpen: 'yes' }, '/isOpen', 'type', { expected: 'boolean' }],
    [{ guide: [] }, '/guide', 'type', { expected: 'object' }],
    [{ seats: {} }, '/seats', 'type', { expected: 'array' }],
    [{ stops: {} }, '/stops', 'type', { expected: 'array' }],
    [{ seats: [7] }, '/seats/0', 'type', { expected: 'object' }],
    [{ fields: [] }, '/fields', 'type', { expected: 'object' }],
    [{ fields: { a: null } }, '/fields/a', 'type', { expected: 'string, number or boolean' }],
    [{ by: 'car' }, '/by', 'enum', { allowed: ['bus', 'boat'] }],
    [{ digit: 'x' }, '/digit', 'format'],
    [{ name: 'abcdef' }, '/name', 'too-long', { max: 5 }],
    [{ name: '' }, '/name', 'too-short', { min: 1 }],
    [{ name: ' a' }, '/name', 'white-space'],
    [{ fields: { a: '' } }, '/fields/a', 'too-short', { min: 1 }],
    [{ fields: { a: '\u200B' } }, '/fields/a', 'too-short', { min: 1 }],
    [{ fields: { a: 'x'.repeat(1001) } }, '/fields/a', 'too-long', { max: 1000 }],
    [
      { fields: { a: 'x\t' } },
      '/fields/a',
      'control-character',
      { character: 'U+0009', name: 'tab', position: 2 },
    ],
    [{ days: 1 }, '/days', 'out-of-range', { min: 2 }],
    [{ days: 10 }, '/days', 'out-of-range', { max: 9 }],
    [{ seats: [] }, '/seats', 'too-few', { min: 1 }],
    [{ seats: [{ row: 1 }, { row: 2 }, { row: 3 }] }, '/seats', 'too-many', { max: 2 }],
    [{ stops: [1, 2] }, '/stops', 'too-many', { max: 1 }],
    [{ stops: [] }, '/stops', 'too-few', { min: 1 }],
    [{ seats: [{ row: 1 }, { row: 1 }] }, '/seats/1', 'repeated'],
    [{ color: 1 }, '/color', 'unknown-property'],
  ])('%j: %s %s', (change, pointer, code, params) => {
    const validated = validateAs(Tour, JSON.parse(JSON.stringify({ ...VALID, ...change })));
    expect(validated).toEqual({
      mistakes: [{ pointer, code, ...(params && { params }), message: expect.any(String) }],
    });
  });

  it('says "is required" of all that is missing', () => {
    const validated = validateAs(Tour, {});
    expect('mistakes' in validated && validated.mistakes.map(({ message }) => message)).toEqual(
      Array.from({ length: 5 }, () => 'is required'),
    );
  });
});
