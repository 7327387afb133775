import { describe, expect, it } from 'vitest';
import { lookUpCode } from '../../upstream/code-catalog.js';
import { customerKey } from '../customer-key.js';
import type { Update, UpdatePart } from '../update.js';
import { nameParts } from './name-parts.js';

type Shape = Partial<Pick<Update, 'parts' | 'parent' | 'children'>>;

function partOf(code: number, shape: Shape): UpdatePart | undefined {
  const { type, status } = lookUpCode(code);
  const update = { parent: [], children: [], ...shape } as unknown as Update;
  return nameParts([{ code, message: 'no', type, status }], update)[0]?.part;
}

const BEN = customerKey({ type: 'mobile', value: '919900000002' });
const ALL: Shape = { parts: ['profile', 'programs', 'association'] };
const BELOW: Shape = { ...ALL, parent: [BEN] };
const ABOVE: Shape = { ...ALL, children: [[BEN]] };

describe(nameParts.name, () => {
  it.each<[what: string, code: number, shape: Shape, part: UpdatePart | undefined]>([
    ['a name of the customer', 1017, ALL, 'profile'],
    ['an unknown customer', 8015, ALL, 'profile'],
    ['an unknown customer, or its parent', 8015, BELOW, undefined],
    ['an identifier of another customer, or of a child', 8007, ABOVE, undefined],
    ['a loyalty type, whatever relatives there are', 1046, BELOW, 'profile'],
    ['the till of the registration', 91020, BELOW, 'profile'],
    ['the till that the call is attributed to', 91021, ALL, undefined],
    ['a program', 1213, BELOW, 'programs'],
    ['a failed enrollment', 1020, ALL, 'programs'],
    ['the date of a program', 1216, ALL, 'programs'],
    ['any date', 1034, ALL, undefined],
    ['points', 1087, ALL, 'programs'],
    ['a role', 1607, ALL, 'association'],
    ['a cycle', 1608, ABOVE, 'association'],
    ['a company', 1703, ALL, 'association'],
    ['a person in a hierarchy', 1621, BELOW, 'association'],
    ['a code that is not known', 424_242, ALL, undefined],
    ['a busy customer', 521, ALL, undefined],
    ['a program, where none was sent', 1213, { parts: ['profile', 'association'] }, undefined],
    ['an update without parts', 1213, {}, undefined],
  ])('names the part of %s', (_what, code, shape, part) => {
    expect(partOf(code, shape)).toBe(part);
  });
});
