import { describe, expect, it } from 'vitest';
import { damageOf } from './damaged-cells.js';

describe(damageOf.name, () => {
  it.each(['1.23457E+11', '9.2E+11', '1,23457E+11', '9E+11', '9.19900000001E11', '1e-7', '-1.5E+08'])(
    'finds a number that a spreadsheet shortened, in what identifies something: %s',
    (cell) => {
      const message = 'looks like a number that a spreadsheet shortened';
      expect([damageOf(cell, 'customer'), damageOf(cell, 'code')]).toEqual([message, message]);
      expect(damageOf(cell, 'text')).toBeUndefined();
    },
  );

  it.each(
    '#N/A #REF! #NAME? #VALUE! #DIV/0! #NULL! #NUM! #SPILL! #BEZUG! #NV #WERT! #VALEUR! #¡VALOR! #ССЫЛКА! #ERROR! #n/a ########## Err:502'.split(
      ' ',
    ),
  )('finds the error value of a spreadsheet in any cell: %s', (cell) => {
    const message = 'is the error value of a spreadsheet';
    expect((['customer', 'code', 'text'] as const).map((use) => damageOf(cell, use))).toEqual([
      message,
      message,
      message,
    ]);
  });

  it('finds an error value that is in no list only in what identifies something', () => {
    expect(damageOf('#GRESKA!', 'customer')).toBe('is the error value of a spreadsheet');
    expect(damageOf('#BUYNOW!', 'text')).toBeUndefined();
  });

  it.each(['NULL', 'null', 'N/A', '-', 'nan', 'None', 'undefined', '(null)', '\\N', '#N/a', '—', '<NA>'])(
    'finds a word for no value, in what identifies something: %s',
    (cell) => {
      expect(damageOf(cell, 'customer')).toBeDefined();
      expect(damageOf(cell, 'code')).toBeDefined();
    },
  );

  it.each(['Null', 'None', 'N/A', '-', 'Nan', 'Undefined', 'NA'])('lets a person be called %s', (cell) => {
    expect(damageOf(cell, 'text')).toBeUndefined();
  });

  it.each([
    ['12345.0', 'added a fraction'],
    ['12345,00', 'added a fraction'],
    ['1-Mar', 'a date'],
    ['02-sep-26', 'a date'],
    ['Mar-26', 'a date'],
    ["'919900000001", 'keeps a number as text'],
    ['=919900000001', 'keeps a number as text'],
    ['NA', 'no value'],
  ])('finds in the identifier of a customer, and not in a code: %s', (cell, message) => {
    expect(damageOf(cell, 'customer')).toContain(message);
    expect(damageOf(cell, 'code')).toBeUndefined();
  });

  it.each([
    '919900000001',
    'a@b.c',
    'null@null.com',
    'NULL-7',
    '12E5',
    'E11',
    '1.2.0',
    '12.5',
    '#7',
    '#A12',
    'MARCH-26',
    '26-0001',
    "O'Neil",
    '-7',
    'nanny',
    '00012345',
  ])('leaves an identifier as it is: %s', (cell) => {
    expect(damageOf(cell, 'customer')).toBeUndefined();
  });
});
