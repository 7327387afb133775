import { describe, expect, it } from 'vitest';
import { customerKey } from '../delivery/customer-key.js';
import { namesCustomer } from './names-customer.js';

const ASHA = { type: 'mobile', value: '919900000001' };
const customer = new Set([ASHA, { type: 'cardnumber', value: 'C1' }].map(customerKey));

describe(namesCustomer.name, () => {
  it.each<[string, unknown, boolean]>([
    ['an identifier', { identifiers: [ASHA] }, true],
    ['another spelling', { identifiers: [{ type: 'mobile', value: '+91 99000 00001' }] }, true],
    ['a channel', { commChannels: [ASHA] }, true],
    ['a parent', { parentCustomer: { identifiers: [ASHA] } }, true],
    ['a child', [{ childCustomers: [{ identifiers: [ASHA] }] }], true],
    ['a card', { cards: [{ number: 'C1', statusLabel: 'ACTIVE' }] }, true],
    ['a card as the vendor calls it', { identifiers: [{ type: 'card', value: 'C1' }] }, true],
    ['the same value of another type', { identifiers: [{ type: 'externalId', value: ASHA.value }] }, false],
    ['a free field', { fields: { note: ASHA.value } }, false],
    ['another customer', { identifiers: [{ type: 'mobile', value: '919900000002' }] }, false],
    ['nothing', null, false],
  ])('checks %s', (_case, value, isNamed) => {
    expect(namesCustomer(value, customer)).toBe(isNamed);
  });
});
