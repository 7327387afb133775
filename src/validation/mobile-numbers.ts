import { type CountryCode, Metadata, getCountries, getCountryCallingCode } from 'libphonenumber-js/min';
import type { ValueMistake } from '../problems/problem.js';

/** E.164 allows 15 digits, and no country code begins with 0. */
const DIGITS = /^[1-9]\d{6,14}$/;

const MAX_COUNTRY_CODE_DIGITS = 3;

/** Country codes that belong to no country, such as those of satellites; the library has no list of them. Source: ITU-T E.164. */
const GLOBAL_CODES = ['800', '808', '870', '878', '881', '882', '883', '888', '979'];

/**
 * The lengths of a number after its country code, as a bit for each, by country code. Countries that share a code are
 * counted together, as a number may belong to any of them.
 */
function readLengths(): ReadonlyMap<string, number> {
  const lengths = new Map<string, number>();
  const metadata = new Metadata();
  const add = (code: string, plan: string): void => {
    // The library takes a country code too; its declarations leave this out.
    metadata.selectNumberingPlan(plan as CountryCode);
    const bits =
      metadata.numberingPlan?.possibleLengths().reduce((sum, length) => sum | (1 << length), 0) ?? 0;
    lengths.set(code, (lengths.get(code) ?? 0) | bits);
  };
  for (const country of getCountries()) add(getCountryCallingCode(country), country);
  for (const code of GLOBAL_CODES) add(code, code);
  return lengths;
}

const LENGTHS = readLengths();

/** How a mobile number is checked: whether a number with its country code and length can exist, or only its digits. */
export type MobileCheck = 'possible' | 'digits';

let check: MobileCheck = 'possible';

/** Sets how all mobile numbers are checked, once at start: the rules of DTO classes are made before there are settings. */
export function useMobileCheck(chosen: MobileCheck): void {
  check = chosen;
}

/**
 * Whether the country code and the length are those of a telephone number. A table settles it, as parsing the number would
 * take far longer. No country code is the beginning of another one.
 */
function isPossible(digits: string): boolean {
  for (let codeDigits = 1; codeDigits <= MAX_COUNTRY_CODE_DIGITS; codeDigits += 1) {
    const bits = LENGTHS.get(digits.slice(0, codeDigits));
    if (bits !== undefined) return (bits & (1 << (digits.length - codeDigits))) !== 0;
  }
  return false;
}

const NO_DIGITS: ValueMistake = {
  code: 'format',
  message: 'must be 7 to 15 digits with the country code, without + or leading zeros',
};
const IMPOSSIBLE: ValueMistake = {
  code: 'impossible-number',
  message: 'must be a telephone number with its country code: no number begins like this and has this length',
};

/** Finds what is wrong with a mobile number: country code and number, in digits only. */
export function mobileMistake(value: string): ValueMistake | undefined {
  if (!DIGITS.test(value)) return NO_DIGITS;
  return check === 'digits' || isPossible(value) ? undefined : IMPOSSIBLE;
}
