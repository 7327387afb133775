import { isEmail } from 'class-validator';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRealDate } from './dates.js';
import { isAddress, repeated, textMistake } from './text.js';

const PART = fc.string({ unit: fc.constantFrom(...'aZ0-_.@+!\'" \té🙂'), maxLength: 70 });

describe(isAddress.name, () => {
  it('decides as class-validator does', () => {
    const label = fc.string({ unit: fc.constantFrom(...'aaaZ09-_'), minLength: 1, maxLength: 66 });
    const last = fc.oneof(fc.constantFrom('com', 'c', 'c1', 'example', 'com '), label);
    const user = fc.oneof(PART, fc.string({ unit: fc.constantFrom(...'aZ0.+-'), maxLength: 66 }));
    const address = fc.tuple(user, fc.array(label, { minLength: 1, maxLength: 3 }), last);
    let accepted = 0;
    fc.assert(
      fc.property(address, ([name, labels, end]) => {
        const text = `${name}@${labels.join('.')}.${end}`;
        if (isAddress(text)) accepted += 1;
        expect(isAddress(text)).toBe(isEmail(text));
      }),
      { numRuns: 5000 },
    );
    expect(accepted).toBeGreaterThan(0);
  });

  it.each([
    'asha.rao@example.com',
    "o'hara+crm@mail.example.co.in",
    `${'a'.repeat(64)}@example.com`,
    `${'a'.repeat(65)}@example.com`,
    `a@${'b'.repeat(63)}.com`,
    `a@${'b'.repeat(64)}.com`,
    `a@${'b.'.repeat(125)}com`,
    `a@${'b.'.repeat(126)}com`,
    'a@-b.com',
    'a@b-.com',
    'a@b_c.com',
    'a@b.c',
    'a@b.c1',
    'a@localhost',
    '.a@example.com',
    'a..b@example.com',
    'a@b@example.com',
    '"a b"@example.com',
    'é@example.com',
    'a@xn--p1ai.xn--p1ai',
    'a@example.com\n',
  ])('decides as class-validator does: %j', (text) => {
    expect(isAddress(text)).toBe(isEmail(text));
  });
});

describe(textMistake.name, () => {
  it.each<[unknown, string | undefined]>([
    ['a', undefined],
    ['Rao-Iyer of Bengaluru', undefined],
    ['Åsa 🙂', undefined],
    ['', 'must not be empty'],
    ['  ', 'must not be empty'],
    [' a', 'must not begin or end with white space'],
    ['a ', 'must not begin or end with white space'],
    ['a\n', 'must not contain U+000A line feed at position 2'],
    ['a\tb', 'must not contain U+0009 tab at position 2'],
    ['a\u007Fb', 'must not contain U+007F delete at position 2'],
    [undefined, 'is required'],
    [null, 'must be a string'],
    ['a'.repeat(30), undefined],
    ['a'.repeat(31), 'must be at most 30 characters'],
    ['🙂'.repeat(30), undefined],
    [7, 'must be a string'],
  ])('%j: %s', (value, mistake) => {
    expect(textMistake(value, 30)?.message).toBe(mistake);
  });
});

const key = ({ type, value }: Record<string, unknown>): unknown[] => [type, value];

describe(repeated.name, () => {
  it.each<[unknown[], string[]]>([
    [[{ type: 'a', value: 'b' }], []],
    [
      [
        { type: 'a', value: 'b' },
        { type: 'a', value: 'b' },
        { type: 'a', value: 'b' },
      ],
      ['/1', '/2'],
    ],
    [
      [
        { type: 'a', value: '1:b' },
        { type: 'a1', value: ':b' },
      ],
      [],
    ],
    [
      [
        { type: 'a', value: 1 },
        { type: 'a', value: '1' },
        { type: 'a', value: 1 },
      ],
      ['/2'],
    ],
    [[null, 7, { type: 'a' }, { type: 'a' }], ['/3']],
  ])('%j', (list, pointers) => {
    expect(repeated(list, key).map(({ pointer }) => pointer)).toEqual(pointers);
  });
});

describe(isRealDate.name, () => {
  it('knows the same days as Date', () => {
    for (const year of [1, 4, 99, 100, 1900, 2000, 2023, 2024, 9999]) {
      for (let month = 0; month <= 13; month += 1) {
        for (let day = 0; day <= 32; day += 1) {
          const [yyyy, mm, dd] = [
            String(year).padStart(4, '0'),
            String(month).padStart(2, '0'),
            String(day).padStart(2, '0'),
          ];
          const date = new Date(Date.UTC(2000, month - 1, day));
          date.setUTCFullYear(year, month - 1, day);
          const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
          expect([yyyy, mm, dd, isRealDate(`${yyyy}-${mm}-${dd}`)]).toEqual([yyyy, mm, dd, exists]);
        }
      }
    }
    expect(isRealDate('0000-01-01')).toBe(false);
  });
});
