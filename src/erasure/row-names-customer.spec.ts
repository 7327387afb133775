import { describe, expect, it } from 'vitest';
import { customerKey } from '../delivery/customer-key.js';
import { rowNamesCustomer } from './row-names-customer.js';

const CUSTOMER = new Set(
  [
    { type: 'mobile', value: '+91 9900000001' },
    { type: 'email', value: 'asha@example.com' },
    { type: 'externalId', value: 'ERP-0042' },
    { type: 'cardnumber', value: '77' },
  ].map(customerKey),
);

describe(rowNamesCustomer.name, () => {
  it.each([
    ['the number in another spelling', ['x', '+91-99000 00001']],
    ['the number without its country code', ['9900000001']],
    ['the number with a prefix', ['00919900000001']],
    ['the number with a character that is not seen', ['9199\u{200b}00000001']],
    ['the number in wide digits', ['９１９９００００００01']],
    ['the number in a cell that took in other rows', ['Ben', 'Rao\n919900000001,Asha\n919900000002,Cem']],
    ['an e-mail address in another case', ['ASHA@example.com']],
    ['an e-mail address among other text', ['mail: <asha@example.com>;']],
    ['an external id below a wrong column', ['', '', ' erp-0042 ']],
    ['a short card number as a whole cell', ['77']],
  ])('finds %s', (_case, cells) => {
    expect(rowNamesCustomer(JSON.stringify(cells), CUSTOMER)).toBe(true);
  });

  it.each([
    ['other customers', ['919900000002', 'ben@example.com', 'ERP-0043']],
    ['a short value inside of other text', ['1771']],
    ['too few digits of the number', ['0000001']],
    ['empty cells', ['', '']],
  ])('does not find %s', (_case, cells) => {
    expect(rowNamesCustomer(JSON.stringify(cells), CUSTOMER)).toBe(false);
  });
});
