import { describe, expect, it } from 'vitest';
import { describeShape } from './describe-shape.js';

describe(describeShape.name, () => {
  it.each<[unknown, string | undefined]>([
    ['+919900000001', '13 characters, begins with +: digits and +'],
    ['1,000', '5 characters: digits and a comma'],
    ['75,5', '4 characters: digits and a comma'],
    ['(0)99 0000-0001', '15 characters, begins with (: digits, white space, (, ) and a hyphen'],
    ['asha(at)example.com', '19 characters: letters, (, ) and a point'],
    ['O’Neil', '6 characters: letters and other characters'],
    ['अशा', '3 characters: letters'],
    ['🙂', '1 character: other characters'],
    ['{"a":[1]}', '9 characters, begins with {: letters, digits and several signs'],
    [' ', '1 character: white space'],
    ['', 'an empty text'],
    [7, 'a whole number'],
    [7.5, 'a number with a fraction'],
    [true, 'true or false'],
    [null, 'null'],
    [[1, 2], 'a list of 2'],
    [{ a: 1 }, 'an object'],
    [undefined, undefined],
  ])('describes %j as %s', (value, expected) => {
    expect(describeShape(value)).toBe(expected);
  });

  it('shows no letter or digit of a long text', () => {
    expect(describeShape('Quixote 1605 '.repeat(10))).not.toMatch(/Quixote|1605/);
  });
});
