import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validateAs } from '../../validation/validate-as.js';
import { CustomerUpdateDto } from './customer-update.dto.js';

const VALID = {
  identifiers: [
    { type: 'mobile', value: '919900000001' },
    { type: 'email', value: 'asha.rao@example.com' },
  ],
  cards: [
    {
      number: 'card_1',
      seriesCode: 'FleetCard1',
      statusLabel: 'ACTIVE',
      cardExternalId: 'uuid_1',
      extendedFields: { vehicle_number: 'KA01B2020' },
    },
    { number: 'card_2', seriesId: 42, statusLabel: 'ACTIVE' },
  ],
  firstName: 'Asha',
  lastName: 'Rao',
  commChannels: [
    {
      type: 'mobilePush',
      value: 'token_1',
      primary: true,
      verified: false,
      meta: { lastViewedDate: '2026-10-25', residence: true, office: false },
    },
    { type: 'email', value: 'asha.rao@example.com' },
    { type: 'mobile', value: '919900000001' },
  ],
  fields: { favoriteStore: 'Indiranagar', visits: 3, member: true },
  extendedFields: { city: 'Bengaluru' },
  loyaltyType: 'loyalty',
  createDate: '2026-02-11T16:36:17+05:30',
  associatedWith: 'till-12',
};

const ABSENT = Symbol('absent');
type Changes = Readonly<Record<string, unknown>>;

/** Sets values at JSON Pointers in a copy of the valid body. ABSENT removes a value. */
function changed(changes: Changes): unknown {
  const root: { body: unknown } = { body: structuredClone(VALID) };
  for (const [pointer, value] of Object.entries(changes)) {
    const keys = `body${pointer}`.split('/').map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = keys.pop() ?? '';
    const holder = keys.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], root) as object;
    if (value !== ABSENT) Object.assign(holder, { [last]: value });
    else if (Array.isArray(holder)) holder.splice(Number(last), 1);
    else Reflect.deleteProperty(holder, last);
  }
  return root.body;
}

function mistakePointers(body: unknown): (string | undefined)[] {
  const validated = validateAs(CustomerUpdateDto, body);
  return 'mistakes' in validated
    ? validated.mistakes.map(({ pointer = '' }) => pointer).toSorted((one, other) => one.localeCompare(other))
    : [];
}

function many<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

const mobile = (index: number) => ({ type: 'mobile', value: `9199000${10_000 + index}` });
const card = (index: number) => ({ number: `card-${index}`, seriesId: 1, statusLabel: 'ACTIVE' });
const map = (count: number) => Object.fromEntries(many(count, (index) => [`name${index}`, index]));

type Row = [title: string, changes: Changes, pointers?: string[]];

/** Completes a row. Without pointers, the expected mistakes are at the changed places. */
const row = ([title, changes, pointers]: Row): [string, Changes, string[]] => [
  title,
  changes,
  (pointers ?? Object.keys(changes)).toSorted(),
];

const LEAVES_OF_TEXT = [
  '/identifiers/0/value',
  '/cards/0/number',
  '/cards/0/seriesCode',
  '/cards/0/statusLabel',
  '/cards/0/cardExternalId',
  '/firstName',
  '/lastName',
  '/commChannels/0/value',
  '/associatedWith',
];
const PLACES = [
  ...LEAVES_OF_TEXT,
  '/identifiers',
  '/identifiers/0',
  '/cards',
  '/cards/0',
  '/cards/1/seriesId',
  '/cards/0/extendedFields',
  '/cards/0/extendedFields/vehicle_number',
  '/commChannels',
  '/commChannels/0',
  '/commChannels/0/primary',
  '/commChannels/0/verified',
  '/commChannels/0/meta',
  '/commChannels/0/meta/lastViewedDate',
  '/commChannels/0/meta/residence',
  '/commChannels/0/meta/office',
  '/fields',
  '/fields/favoriteStore',
  '/extendedFields',
  '/extendedFields/city',
  '/identifiers/0/type',
  '/loyaltyType',
  '/createDate',
];

const NULLS: Row[] = [
  ...PLACES.map((place): Row => [`null at ${place}`, { [place]: null }]),
  [
    'null as the type of a channel with lastViewedDate',
    { '/commChannels/0/type': null },
    ['/commChannels/0/type', '/commChannels/0/meta/lastViewedDate'],
  ],
];

const WRONG_TYPES: Row[] = [
  ...LEAVES_OF_TEXT.flatMap((place): Row[] => [
    [`a number at ${place}`, { [place]: 7 }],
    [`an array at ${place}`, { [place]: ['a'] }],
    [`an object at ${place}`, { [place]: { a: 'a' } }],
  ]),
  ...['/identifiers/0/type', '/loyaltyType', '/createDate', '/commChannels/0/meta/lastViewedDate'].flatMap(
    (place): Row[] => [
      [`a number at ${place}`, { [place]: 7 }],
      [`an object at ${place}`, { [place]: {} }],
    ],
  ),
  ...['primary', 'verified', 'meta/residence', 'meta/office'].flatMap((name): Row[] => [
    [`a word as ${name}`, { [`/commChannels/0/${name}`]: 'true' }],
    [`a number as ${name}`, { [`/commChannels/0/${name}`]: 1 }],
  ]),
  ...['/identifiers', '/cards', '/commChannels'].flatMap((list): Row[] => [
    [`an object in place of the array ${list}`, { [list]: { 0: {} } }],
    [`a string in place of the array ${list}`, { [list]: 'a' }],
    [`a string as an element of ${list}`, { [`${list}/0`]: 'a' }],
    [`a number as an element of ${list}`, { [`${list}/0`]: 1 }],
    [`an array as an element of ${list}`, { [`${list}/0`]: [] }],
  ]),
  ...['/fields', '/extendedFields', '/cards/0/extendedFields'].flatMap((place): Row[] => [
    [`an array in place of the map ${place}`, { [place]: [] }],
    [`a string in place of the map ${place}`, { [place]: 'a' }],
    [`an object as a value of ${place}`, { [`${place}/inner`]: { a: 1 } }],
    [`an array as a value of ${place}`, { [`${place}/inner`]: [1] }],
    [`null as a value of ${place}`, { [`${place}/inner`]: null }],
  ]),
  ['a string as meta', { '/commChannels/0/meta': 'a' }],
  ['an empty array as meta', { '/commChannels/0/meta': [] }],
  ['an array of one object as meta', { '/commChannels/0/meta': [{ residence: true }] }],
  ['a string as seriesId', { '/cards/1/seriesId': '42' }],
  ['a fraction as seriesId', { '/cards/1/seriesId': 1.5 }],
];

const UNKNOWN_PROPERTIES: Row[] = [
  ['the body', { '/extra': 1 }],
  ['the body, with a null', { '/extra': null }],
  ['an identifier', { '/identifiers/0/extra': 1 }],
  ['a card', { '/cards/0/extra': 1 }],
  ['a channel', { '/commChannels/0/extra': 1 }],
  ['the meta of a channel', { '/commChannels/0/meta/extra': 1 }],
  ['the body, with a name that a pointer escapes', { '/a~1b~0c': 1 }],
];

const BOUNDS: Row[] = [
  ['no identifier in the list', { '/identifiers': [] }],
  ['neither identifiers nor cards', { '/identifiers': ABSENT, '/cards': ABSENT }, ['/identifiers']],
  ['no identifiers, and no card in the list', { '/identifiers': ABSENT, '/cards': [] }, ['/identifiers']],
  ['21 identifiers', { '/identifiers': many(21, mobile) }],
  ['21 cards', { '/cards': many(21, card) }],
  ['21 channels', { '/commChannels': many(21, mobile) }],
  [
    'a value of 256 characters',
    { '/identifiers/0': { type: 'cuid', value: 'v'.repeat(256) } },
    ['/identifiers/0/value'],
  ],
  ['a card number of 256 characters', { '/cards/0/number': 'n'.repeat(256) }],
  ['a card id of 256 characters', { '/cards/0/cardExternalId': 'n'.repeat(256) }],
  ['a channel value of 256 characters', { '/commChannels/0/value': 'n'.repeat(256) }],
  ['a series code of 101 characters', { '/cards/0/seriesCode': 'n'.repeat(101) }],
  ['a status label of 101 characters', { '/cards/0/statusLabel': 'n'.repeat(101) }],
  ['a first name of 101 characters', { '/firstName': 'n'.repeat(101) }],
  ['a last name of 101 characters', { '/lastName': 'n'.repeat(101) }],
  ['a till of 101 characters', { '/associatedWith': 'n'.repeat(101) }],
  ['a seriesId of 0', { '/cards/1/seriesId': 0 }],
  ['a seriesId of -1', { '/cards/1/seriesId': -1 }],
  ['a seriesId of 2^53', { '/cards/1/seriesId': 2 ** 53 }],
  ...['/fields', '/extendedFields', '/cards/0/extendedFields'].flatMap((place): Row[] => [
    [`101 names in ${place}`, { [place]: map(101) }],
    [`a name of 101 characters in ${place}`, { [`${place}/${'n'.repeat(101)}`]: 1 }],
    [`a name that begins with a space in ${place}`, { [`${place}/ name`]: 1 }],
    [`an empty value in ${place}`, { [`${place}/name`]: '' }],
    [`white space as a value in ${place}`, { [`${place}/name`]: ' \u00A0\n' }],
    [`a tab in a value in ${place}`, { [`${place}/name`]: 'a\tb' }],
    [`a byte order mark in a name in ${place}`, { [`${place}/na\uFEFFme`]: 1 }],
    [`a value of 1,001 characters in ${place}`, { [`${place}/name`]: 'v'.repeat(1001) }],
  ]),
];

const TEXTS: Row[] = LEAVES_OF_TEXT.flatMap((place): Row[] => [
  [`an empty text at ${place}`, { [place]: '' }],
  [`a character without ink at ${place}`, { [place]: 'a\u2060a' }],
  [`only white space at ${place}`, { [place]: ' \t' }],
  [`white space around the text at ${place}`, { [place]: ' a' }],
  [`a control character at ${place}`, { [place]: 'a\u0007a' }],
]);

const REPETITIONS: Row[] = [
  ['an identifier twice', { '/identifiers/1': VALID.identifiers[0] }],
  [
    'an identifier three times',
    { '/identifiers': many(3, () => mobile(1)) },
    ['/identifiers/1', '/identifiers/2'],
  ],
  ['a card twice', { '/cards/1': VALID.cards[0] }],
  ['a card number in two series', { '/cards/1/number': 'card_1' }, ['/cards/1']],
  [
    'an e-mail address in two spellings',
    { '/identifiers/0': { type: 'email', value: 'Asha.Rao@EXAMPLE.com' } },
    ['/identifiers/1'],
  ],
  ['a channel in two spellings', { '/commChannels/2': { type: 'email', value: 'ASHA.RAO@example.com' } }],
  ['a channel twice', { '/commChannels/2': { ...VALID.commChannels[1], primary: true } }],
];

const VALUES: Row[] = [
  ['a mobile with +', { '/identifiers/0/value': '+919900000001' }],
  ['a mobile with zeros in front', { '/identifiers/0/value': '00919900000001' }],
  ['a mobile of 6 digits', { '/identifiers/0/value': '919900' }],
  ['a mobile of 16 digits', { '/identifiers/0/value': '9199000000010000' }],
  ['a mobile without its country code', { '/identifiers/0/value': '9900000001' }],
  ['a channel without a country code', { '/commChannels/2/value': '9900000001' }],
  ['a mobile with a dash', { '/identifiers/0/value': '91-9900000001' }],
  ['a mobile in other digits', { '/identifiers/0/value': '९१९९०००००००१' }],
  ['an e-mail address without a host', { '/identifiers/1/value': 'asha.rao@' }],
  ['an e-mail address with a name', { '/identifiers/1/value': 'Asha <asha.rao@example.com>' }],
  ['a channel of the type mobile with +', { '/commChannels/2/value': '+919900000001' }],
  ['a channel of the type mobile with 6 digits', { '/commChannels/2/value': '919900' }],
  ['a channel of the type mobile with 16 digits', { '/commChannels/2/value': '9199000000010000' }],
  ['a channel of the type email without an address', { '/commChannels/1/value': 'asha.rao' }],
  ['a card as an identifier', { '/identifiers/0/type': 'cardnumber' }],
  ['an unknown type of identifier', { '/identifiers/0/type': 'MOBILE' }],
  ['no type of identifier', { '/identifiers/0/type': ABSENT }],
  ['no value of an identifier', { '/identifiers/0/value': ABSENT }],
  ['an unknown type of channel', { '/commChannels/1/type': 'sms' }],
  ['no type of channel', { '/commChannels/1/type': ABSENT }],
  ['no value of a channel', { '/commChannels/1/value': ABSENT }],
  ['a card without a series', { '/cards/0/seriesCode': ABSENT }, ['/cards/0/number']],
  ['a card with both of the series', { '/cards/0/seriesId': 42 }, ['/cards/0/number']],
  ['a card without a number', { '/cards/0/number': ABSENT }],
  ['a card without a status label', { '/cards/0/statusLabel': ABSENT }],
  ['no loyaltyType', { '/loyaltyType': ABSENT }],
  ['an unknown loyaltyType', { '/loyaltyType': 'Loyalty' }],
  [
    'lastViewedDate on another channel than mobilePush',
    { '/commChannels/1/meta': { lastViewedDate: '2026-10-25' } },
    ['/commChannels/1/meta/lastViewedDate'],
  ],
  ['an unreal lastViewedDate', { '/commChannels/0/meta/lastViewedDate': '2026-02-30' }],
  [
    'a lastViewedDate with a time and no offset',
    { '/commChannels/0/meta/lastViewedDate': '2026-02-03T10:00:00' },
  ],
  ['an unreal createDate', { '/createDate': '2026-02-30T16:36:17+05:30' }],
  ['a createDate without an offset', { '/createDate': '2026-02-11T16:36:17' }],
  ['a createDate with a fraction without digits', { '/createDate': '2026-02-11T16:36:17.Z' }],
  ['a createDate in a leap second', { '/createDate': '2016-12-31T23:59:60Z' }],
  ['a createDate without a time', { '/createDate': '2026-02-11' }],
  ['a createDate with white space', { '/createDate': '2026-02-11T16:36:17+05:30 ' }],
];

const ACCEPTED: [title: string, changes: Changes][] = [
  ['the valid body', {}],
  ['20 identifiers', { '/identifiers': many(20, mobile) }],
  ['20 cards', { '/cards': many(20, card) }],
  ['20 channels', { '/commChannels': many(20, mobile) }],
  ['cards alone', { '/identifiers': ABSENT }],
  ['identifiers alone', { '/cards': ABSENT }],
  ['a mobile of 7 digits', { '/identifiers/0/value': '2902345' }],
  ['a mobile of 15 digits', { '/identifiers/0/value': '919900000001000' }],
  ['a value of 255 characters', { '/identifiers/0': { type: 'cuid', value: 'v'.repeat(255) } }],
  ['a first name of 100 characters', { '/firstName': 'n'.repeat(100) }],
  ['a first name of 100 characters beyond the BMP', { '/firstName': '𝒜'.repeat(100) }],
  ['a series code of 100 characters', { '/cards/0/seriesCode': 'n'.repeat(100) }],
  ['a seriesId of 1', { '/cards/1/seriesId': 1 }],
  ['a seriesId of 2^53 - 1', { '/cards/1/seriesId': 2 ** 53 - 1 }],
  ['100 names', { '/fields': map(100) }],
  ['no names', { '/fields': {} }],
  ['a name of 100 characters', { [`/fields/${'n'.repeat(100)}`]: 1 }],
  ['a field of 1,000 characters', { '/fields/name': 'v'.repeat(1000) }],
  ['a field of two lines', { '/fields/name': 'Flat 4\nPune' }],
  ['the same value under two types', { '/identifiers/1': { type: 'cuid', value: '919900000001' } }],
  ['meta without lastViewedDate on another channel', { '/commChannels/1/meta': { residence: true } }],
  ['lastViewedDate with a time', { '/commChannels/0/meta/lastViewedDate': '2026-10-25T10:00:00Z' }],
  ['a createDate with a fraction', { '/createDate': '2026-02-11T16:36:17.000Z' }],
  ['createDate in UTC', { '/createDate': '2026-02-11T16:36:17Z' }],
  ['createDate on a leap day', { '/createDate': '2028-02-29T23:59:59-14:00' }],
  ['non_loyalty', { '/loyaltyType': 'non_loyalty' }],
];

describe('CustomerUpdateDto', () => {
  it.each(ACCEPTED)('accepts %s', (_title, changes) => {
    expect(validateAs(CustomerUpdateDto, changed(changes))).toEqual({ value: changed(changes) });
  });

  it.each(NULLS.map(row))('rejects %s', (_title, changes, pointers) => {
    expect(mistakePointers(changed(changes))).toEqual(pointers);
  });

  it.each(WRONG_TYPES.map(row))('rejects %s', (_title, changes, pointers) => {
    expect(mistakePointers(changed(changes))).toEqual(pointers);
  });

  it.each(UNKNOWN_PROPERTIES.map(row))('rejects an unknown property of %s', (_title, changes, pointers) => {
    expect(mistakePointers(changed(changes))).toEqual(pointers);
  });

  it.each(BOUNDS.map(row))('rejects %s', (_title, changes, pointers) => {
    expect(mistakePointers(changed(changes))).toEqual(pointers);
  });

  it.each(TEXTS.map(row))('rejects %s', (_title, changes, pointers) => {
    expect(mistakePointers(changed(changes))).toEqual(pointers);
  });

  it.each(REPETITIONS.map(row))('rejects %s', (_title, changes, pointers) => {
    expect(mistakePointers(changed(changes))).toEqual(pointers);
  });

  it.each(VALUES.map(row))('rejects %s', (_title, changes, pointers) => {
    expect(mistakePointers(changed(changes))).toEqual(pointers);
  });

  it.each([null, undefined, 7, 'text', true, [], [VALID]])('rejects %j as the whole body', (body) => {
    expect(mistakePointers(body)).toEqual(['']);
  });

  it('reports all mistakes of a body at once, each at its place', () => {
    const changes = {
      '/identifiers/0/value': '+919900000001',
      '/identifiers/1/extra': 1,
      '/cards/0/statusLabel': null,
      '/firstName': '',
      '/lastName': 7,
      '/commChannels/0/meta/office': 'no',
      '/commChannels/1/value': 'asha',
      '/fields/visits': null,
      '/extendedFields': [],
      '/loyaltyType': ABSENT,
      '/createDate': '2026-02-30T16:36:17+05:30',
      '/associatedWith': ' till',
      '/extra': {},
    };
    expect(mistakePointers(changed(changes))).toEqual(Object.keys(changes).toSorted());
  });

  it('prefixes every pointer with the place of the body', () => {
    const validated = validateAs(CustomerUpdateDto, changed({ '/firstName': null }), '/customers/3');
    expect(validated).toMatchObject({ mistakes: [{ pointer: '/customers/3/firstName' }] });
  });

  it('quotes nothing of the body in a message', () => {
    const secret = 'hush-hush';
    const changes = Object.fromEntries(
      [
        '/identifiers/0/value',
        '/identifiers/1/value',
        '/loyaltyType',
        '/createDate',
        '/commChannels/1/value',
      ].map((place) => [place, `${secret} `]),
    );
    const validated = validateAs(CustomerUpdateDto, changed(changes));
    expect('mistakes' in validated && validated.mistakes).toHaveLength(5);
    expect(JSON.stringify(validated)).not.toContain(secret);
  });
});

/** Returns the pointers to all places inside of a value. */
function placesIn(value: unknown, pointer = ''): { pointer: string; value: unknown }[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]: [string, unknown]) => {
    const at = `${pointer}/${key}`;
    return [{ pointer: at, value: child }, ...placesIn(child, at)];
  });
}

const kindOf = (value: unknown): string => (Array.isArray(value) ? 'array' : typeof value);
const parentOf = (pointer: string): string => pointer.slice(0, pointer.lastIndexOf('/'));
const places = placesIn(VALID);
const holders = [{ pointer: '', value: VALID as unknown }, ...places].filter(
  ({ value }) => kindOf(value) === 'object',
);

const mutation = fc.oneof(
  fc.constantFrom(...places).map(({ pointer }) => ({ pointer, value: ABSENT as unknown })),
  fc.constantFrom(...places).map(({ pointer }) => ({ pointer, value: null })),
  fc
    .tuple(fc.constantFrom(...places), fc.constantFrom<unknown>('text', 7, true, [], {}, [{}], [[]]))
    .filter(([place, value]) => kindOf(place.value) !== kindOf(value))
    .map(([{ pointer }, value]) => ({ pointer, value })),
  fc
    .tuple(fc.constantFrom(...holders), fc.jsonValue())
    .map(([{ pointer }, value]) => ({ pointer: `${pointer}/extra`, value })),
);

/** Whether the pointer is at the number of a card without its series. */
function isBesideSeries(place: string, pointer: string): boolean {
  return /\/series(Id|Code)$/.test(place) && pointer === `${parentOf(place)}/number`;
}

describe('any single mistake in a customer update', () => {
  it('is reported at its place, its parent or its child, unless the body is still valid', () => {
    fc.assert(
      fc.property(mutation, ({ pointer: place, value }) => {
        const validated = validateAs(CustomerUpdateDto, changed({ [place]: value }));
        if ('value' in validated) return;
        const reported = validated.mistakes.map(({ pointer = 'none' }) => pointer);
        const near = reported.filter(
          (pointer) =>
            pointer === place ||
            pointer === parentOf(place) ||
            parentOf(pointer) === place ||
            isBesideSeries(place, pointer),
        );
        expect(near, `of ${reported.join(' ')}`).not.toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('is always reported if a known place is null', () => {
    for (const { pointer } of places) {
      expect(mistakePointers(changed({ [pointer]: null })), pointer).not.toEqual([]);
    }
  });
});
