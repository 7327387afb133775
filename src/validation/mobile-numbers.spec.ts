import {
  getCountries,
  getCountryCallingCode,
  getExampleNumber,
  parsePhoneNumberFromString as parsePhoneNumber,
} from 'libphonenumber-js/min';
import examples from 'libphonenumber-js/mobile/examples';
import { afterEach, describe, expect, it } from 'vitest';
import { mobileMistake, useMobileCheck } from './mobile-numbers.js';

afterEach(() => {
  useMobileCheck('possible');
});

describe(mobileMistake.name, () => {
  it.each<[string, string | undefined]>([
    ['919900000001', undefined],
    ['12025550123', undefined],
    ['447700900123', undefined],
    ['870773111632', undefined],
    ['9900000001', 'impossible-number'], // +990 is no country
    ['9876543210', 'impossible-number'], // +98 with 8 digits
    ['91990000', 'impossible-number'],
    ['1202555012', 'impossible-number'],
    ['2101234567890', 'impossible-number'], // +210 is no country
    ['+919900000001', 'format'],
    ['00919900000001', 'format'],
    ['९१९९००००००', 'format'],
  ])('%s: %s', (value, code) => {
    expect(mobileMistake(value)?.code).toBe(code);
  });

  it.each(getCountries())('accepts the example of %s', (country) => {
    const number = getExampleNumber(country, examples)?.number;
    expect(mobileMistake(String(number).slice(1))).toBeUndefined();
  });

  it('refuses no number that the library finds possible', () => {
    const refused: string[] = [];
    const codes = new Set(getCountries().map((country) => getCountryCallingCode(country)));
    for (const code of codes) {
      for (let length = 7 - code.length; length <= 15 - code.length; length += 1) {
        // The library removes or adds a national prefix, which is no part of the number that is sent.
        const digits = `${code}${'2'.repeat(length)}`;
        const parsed = parsePhoneNumber(`+${digits}`);
        const isChanged = parsed?.nationalNumber !== digits.slice(code.length);
        if (parsed?.isPossible() && !isChanged && mobileMistake(digits)) refused.push(digits);
      }
    }
    expect(refused).toEqual([]);
  });

  it('checks only the digits where the setting says so', () => {
    useMobileCheck('digits');
    expect(mobileMistake('9900000001')).toBeUndefined();
    expect(mobileMistake('0900000001')?.code).toBe('format');
  });
});
