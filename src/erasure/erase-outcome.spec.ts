import { describe, expect, it } from 'vitest';
import type { OutcomeDto } from '../http/dto/outcome.dto.js';
import { eraseAnswer, eraseOutcome } from './erase-outcome.js';
import { namesCustomer } from './names-customer.js';
import { customerKey } from '../delivery/customer-key.js';

const ASHA = { type: 'mobile', value: '919900000001' };
const customer = new Set([ASHA, { type: 'cardnumber', value: 'C1' }].map(customerKey));
const ERROR = { code: 8015, message: 'No customer Asha', type: '/problems/customer-not-found', status: 404 };
const TOLD = { ...ERROR, message: 'erased' };

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
    ['somebody else', { identifiers: [{ type: 'mobile', value: '919900000002' }] }, false],
    ['nothing', null, false],
  ])('looks at %s', (_case, value, isNamed) => {
    expect(namesCustomer(value, customer)).toBe(isNamed);
  });
});

describe(eraseOutcome.name, () => {
  it.each<[OutcomeDto, object]>([
    [
      { outcome: 'rejected', errors: [ERROR], attempts: 1 },
      { outcome: 'rejected', errors: [TOLD], attempts: 1 },
    ],
    [
      { outcome: 'failed', reason: 'r', type: '/problems/x', retryable: true, errors: [ERROR], attempts: 2 },
      { outcome: 'failed', reason: 'r', type: '/problems/x', retryable: true, errors: [TOLD], attempts: 2 },
    ],
    [
      { outcome: 'unknown', reason: 'r', retryable: false, errors: [ERROR], creditId: 'c', attempts: 1 },
      { outcome: 'unknown', reason: 'r', retryable: false, errors: [TOLD], creditId: 'c', attempts: 1 },
    ],
    [
      {
        outcome: 'updated',
        customerId: 7,
        identifiers: [ASHA],
        warnings: [],
        children: [
          { index: 0, outcome: 'updated', customerId: 8, identifiers: [ASHA], errors: [ERROR], warnings: [] },
        ],
        attempts: 1,
      },
      {
        outcome: 'updated',
        identifiers: [],
        warnings: [],
        children: [{ index: 0, outcome: 'updated', identifiers: [], errors: [TOLD], warnings: [] }],
        attempts: 1,
      },
    ],
  ])('keeps how an update ended and nothing of whom: %#', (told, erased) => {
    expect(eraseOutcome(told)).toEqual(erased);
  });
});

describe(eraseAnswer.name, () => {
  it('leaves an answer that does not tell of the customer', () => {
    expect(eraseAnswer('{"outcomes":[]}', customer)).toBeUndefined();
  });
});
