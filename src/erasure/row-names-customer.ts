import type { ErasedCustomer } from './names-customer.js';

/** A shorter value occurs inside of other text by chance. */
const MIN_CHARACTERS_INSIDE = 6;

/** Fewer digits at the end of a mobile number do not identify anyone. */
const MIN_DIGITS_OF_NUMBER = 8;

/** Removes what keeps two spellings from being equal: case, blanks, and characters that are not seen. */
function plain(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(/[\s\p{C}]/gu, '')
    .toLowerCase();
}

function contains(cell: string, value: string): boolean {
  return cell === value || (value.length >= MIN_CHARACTERS_INSIDE && cell.includes(value));
}

/** Whether a cell has a mobile number, or its end if it has no country code. */
function hasNumber(cell: string, number: string): boolean {
  const digits = cell.replaceAll(/\D/g, '');
  const national = digits.replace(/^0+/, '');
  return contains(digits, number) || (national.length >= MIN_DIGITS_OF_NUMBER && number.endsWith(national));
}

/**
 * Whether a row of CSV that is not valid contains an identifier of the customer in any of its cells.
 *
 * What is wrong with the row may be just what hides the identifier: a cell too many, a quote that took in the next rows, a
 * character that is not seen, a number without its country code. So this looks into all cells and finds rather too much,
 * which costs another customer no more than a row of a repair file.
 *
 * @param row the cells as JSON
 */
export function rowNamesCustomer(row: string, customer: ErasedCustomer): boolean {
  const cells = (JSON.parse(row) as string[]).map(plain).filter((cell) => cell !== '');
  return [...customer].some((key) => {
    const type = key.slice(0, key.indexOf(':'));
    const value = plain(key.slice(type.length + 1));
    return cells.some((cell) => (type === 'mobile' ? hasNumber(cell, value) : contains(cell, value)));
  });
}
