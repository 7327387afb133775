import { describe, expect, it } from 'vitest';
import { Settings } from '../../config/settings.js';
import { Problem } from '../../problems/problem.js';
import { UPDATE_KINDS } from '../import-kinds.js';
import { readHeader } from './csv-header.js';
import { REPAIR_COLUMNS } from './repair-columns.js';

type Kind = keyof typeof UPDATE_KINDS;

function rulesOf(kind: Kind, settings: Partial<Settings> = {}) {
  return { kind: UPDATE_KINDS[kind], settings: Object.assign(new Settings(), settings) };
}

function refusalOf(names: readonly string[], kind: Kind): Problem {
  try {
    readHeader(names, rulesOf(kind));
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

const mistakesIn = (names: readonly string[], kind: Kind): string[] =>
  (refusalOf(names, kind).extensions.errors as Record<string, string>[]).map(
    ({ position = '-', column, message }) => `${position} ${column} ${message}`,
  );

/** What each kind needs. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  customers: ['identifiers.mobile', 'loyaltyType'],
  memberships: ['identifiers.mobile', 'loyaltyType'],
  enrollments: ['identifiers.mobile', 'programs.0.programId'],
  associations: ['identifiers.mobile', 'loyaltyType'],
};

const mistakeOf = (name: string, kind: Kind): string[] => mistakesIn([...(NEEDED[kind] ?? []), name], kind);

describe(readHeader.name, () => {
  it.each<[readonly string[], number]>([
    [['', '', 'First Name'], 3],
    [['identifiers.mobile', ' ', 'loyaltyType', '', 'x.y'], 5],
    [['firstName', '', 'firstName', ''], 3],
  ])('passes over columns without a name, which count as positions: %j', (names, position) => {
    expect(refusalOf(names, 'customers').extensions.errors?.[0]).toMatchObject({ position });
  });

  it('names all mistakes at once, by position and spelling, and lists the columns of the kind', () => {
    const problem = refusalOf(
      [
        'First Name',
        'identifiers.mobile',
        'LASTNAME',
        'programs.0.programId',
        '',
        'xyzzy',
        'identifiers.mobil',
      ],
      'customers',
    );
    expect(problem).toMatchObject({
      type: 'upload-unreadable',
      status: 400,
      detail: expect.stringContaining('6 mistake(s)'),
      extensions: {
        errors: [
          { position: 1, column: 'First Name', suggestion: 'firstName' },
          { position: 3, column: 'LASTNAME', suggestion: 'lastName' },
          { position: 4, message: expect.stringMatching(/^is a column of enrollments.*, not of customers$/) },
          {
            position: 6,
            message:
              'is not a column of customers; for a field of your organization, write fields.<name> or extendedFields.<name>',
          },
          { position: 7, suggestion: 'identifiers.mobile' },
          { column: 'loyaltyType', message: 'is missing, and each row needs it' },
        ],
        columns: expect.arrayContaining(['firstName', 'identifiers.<type>', 'cards.<n>.number']),
      },
    });
    expect(problem.extensions.columns).not.toContain('programs.<n>.programId');
  });

  it.each<[Kind, string, string]>([
    ['customers', 'First Name', 'firstName'],
    ['customers', 'first_name', 'firstName'],
    ['customers', 'FIRSTNAME', 'firstName'],
    ['customers', 'fristName', 'firstName'],
    ['customers', 'Surname', 'lastName'],
    ['customers', 'phone', 'identifiers.mobile'],
    ['customers', 'Mobile Number', 'identifiers.mobile'],
    ['customers', 'identifiers.phone', 'identifiers.mobile'],
    ['customers', 'E-Mail', 'identifiers.email'],
    ['customers', 'Email Address', 'identifiers.email'],
    ['customers', 'customer id', 'identifiers.externalId'],
    ['customers', 'Loyalty Type', 'loyaltyType'],
    ['customers', 'card.0.number', 'cards.0.number'],
    ['customers', 'cards[1].seriesId', 'cards.1.seriesId'],
    ['customers', 'cards.number', 'cards.0.number'],
    ['customers', 'Card Number', 'cards.0.number'],
    ['customers', 'firstName.0', 'firstName'],
    ['customers', 'ExtendedFields.city', 'extendedFields.city'],
    ['customers', 'extended_fields.Shoe Size', 'extendedFields.Shoe Size'],
    ['customers', 'Cards.0.extendedfields.color', 'cards.0.extendedFields.color'],
    ['enrollments', 'Points', 'programs.0.loyaltyPoints'],
    ['enrollments', 'loyalty_points', 'programs.0.loyaltyPoints'],
    ['enrollments', 'programs.2.ProgramID', 'programs.2.programId'],
    ['enrollments', 'tier', 'programs.0.tierNumber'],
    ['associations', 'Hierarchy', 'hierarchyCode'],
    ['associations', 'role code', 'roleCode'],
    ['associations', 'Parent', 'parentCustomer.identifiers.mobile'],
    ['associations', 'children', 'childCustomers.0.identifiers.mobile'],
    ['associations', 'parent.firstName', 'parentCustomer.firstName'],
  ])('suggests, for %s, what %s may mean: %s', (kind, name, suggestion) => {
    expect(mistakeOf(name, kind).join()).toContain(`did you mean ${suggestion}?`);
  });

  it.each<[Kind, string]>([
    ['customers', 'zip'],
    ['customers', 'Straße'],
    ['enrollments', 'anniversary'],
    ['memberships', '!!!'],
    ['customers', 'fields2'],
  ])('suggests nothing, for %s, where no column is near %s', (kind, name) => {
    expect(mistakeOf(name, kind)).toHaveLength(1);
    expect(mistakeOf(name, kind).join()).not.toContain('did you mean');
  });

  it.each<[Kind, string, string]>([
    ['memberships', 'firstName', 'customers'],
    ['customers', 'parentCustomer.cards.0.number', 'associations'],
    ['enrollments', 'loyaltyType', 'customers'],
    ['associations', 'programs.3.tierNumber', 'enrollments'],
  ])('says, for %s, that %s is a column of %s', (kind, name, other) => {
    expect(mistakeOf(name, kind).join()).toMatch(new RegExp(`is a column of .*${other}.*, not of ${kind}$`));
  });

  it.each<[Kind, string[], string[]]>([
    ['memberships', ['loyaltyType'], ['identifiers.mobile']],
    ['customers', ['loyaltyType', 'identifiers.0.type'], ['identifiers.mobile']],
    ['customers', ['firstName'], ['loyaltyType', 'identifiers.mobile']],
    ['enrollments', ['cards.0.number', 'programs.0.loyaltyPoints'], ['programs.0.programId']],
    ['associations', ['loyaltyType', 'parentCustomer.identifiers.mobile'], ['identifiers.mobile']],
  ])('requires, for %s with the columns %j, also %j', (kind, names, missing) => {
    const errors = refusalOf(names, kind).extensions.errors as { column: string; position?: number }[];
    expect(errors.filter(({ position }) => position === undefined).map(({ column }) => column)).toEqual(
      missing,
    );
  });

  it.each<[string, string[]]>([
    ['an identifier by type', ['identifiers.cuid', 'loyaltyType']],
    ['an identifier by position', ['identifiers.3.type', 'identifiers.3.value', 'loyaltyType']],
    ['a card', ['cards.0.number', 'loyaltyType']],
    ['white space around names', [' identifiers.mobile', 'loyaltyType\t']],
  ])('accepts %s', (_case, names) => {
    expect(readHeader(names, rulesOf('memberships'))).toHaveLength(names.length);
  });

  it('requires no column that a setting fills in', () => {
    const rules = rulesOf('customers', { DEFAULT_LOYALTY_TYPE: 'loyalty' });
    expect(readHeader(['identifiers.mobile'], rules)).toHaveLength(1);
  });

  it('passes over the columns of a repair file', () => {
    const header = readHeader([...(NEEDED['memberships'] ?? []), ...REPAIR_COLUMNS], rulesOf('memberships'));
    expect(header.map((column) => column?.name)).toEqual([
      'identifiers.mobile',
      'loyaltyType',
      undefined,
      undefined,
    ]);
  });

  it.each<[Kind, string, string, string]>([
    ['customers', 'identifiers.19.type', 'identifiers.20.type', 'identifiers over the limit of 19'],
    ['customers', 'cards.19.number', 'cards.20.number', 'cards over the limit of 19'],
    ['customers', 'commChannels.19.value', 'commChannels.20.value', 'commChannels over the limit of 19'],
    ['enrollments', 'programs.19.programId', 'programs.20.programId', 'programs over the limit of 19'],
    [
      'associations',
      'childCustomers.999.cards.19.number',
      'childCustomers.1000.cards.0.number',
      'childCustomers over the limit of 999',
    ],
  ])('accepts, for %s, the position in %s, and refuses %s', (kind, last, beyond, message) => {
    const needed = NEEDED[kind] ?? [];
    expect(readHeader([...needed, last], rulesOf(kind))).toHaveLength(needed.length + 1);
    expect(mistakeOf(beyond, kind).join()).toContain(`has a position in ${message}`);
  });

  it.each([
    ['cards.1.number', 'cards.01.number'],
    ['firstName', 'firstName'],
    ['fields.a.b', 'fields.a.b'],
  ])('refuses two columns for the same field: %s and %s', (one, other) => {
    expect(mistakesIn([...(NEEDED['customers'] ?? []), one, other], 'customers')).toEqual([
      `4 ${other} is for the same field as column 3`,
    ]);
  });

  it.each([
    ['fields', 'needs a name after it'],
    ['fields.', 'has a name in fields that must not be empty'],
    ['extendedFields.__proto__', 'is not an allowed name'],
    ['fields.toString', 'is not an allowed name'],
    [`fields.${'x'.repeat(101)}`, 'at most 100 characters'],
    ['firstName.', 'is not a column'],
    ['.firstName', 'is not a column'],
    ['constructor', 'is not a column'],
    ['a.b.c.d.e.f.g.h.i.j', 'is not a column'],
  ])('refuses %s: %s', (name, message) => {
    expect(mistakeOf(name, 'customers').join()).toContain(message);
  });

  it('does not quote what looks like data, and says that a header is missing', () => {
    const problem = refusalOf(['919900000001', 'asha@example.com', 'Asha'], 'customers');
    expect(problem.detail).toContain('the first line of a CSV must be its header');
    expect(JSON.stringify(problem.extensions.errors)).not.toMatch(/9199|asha@/);
  });

  it('answers a hostile header of 500 long names in time', () => {
    const names = Array.from({ length: 500 }, (_, at) => `${'loyaltyPoints'.repeat(500)}${at}`);
    expect(mistakesIn(names, 'associations').length).toBeGreaterThan(500);
    expect(() => readHeader([...names, 'x'], rulesOf('associations'))).toThrow('more than 500 columns');
  });
});
