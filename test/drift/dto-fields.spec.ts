import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { UPDATE_KINDS } from '../../src/imports/import-kinds.js';
import { columnsOf } from '../../src/imports/upload/kind-columns.js';
import { cleanerFor } from '../../src/upstream/clean-message.js';
import { readChildrenPage } from '../../src/upstream/reads/read-children.js';

/** What a field that is added to a DTO needs elsewhere. The recipe is in CONTRIBUTING.md. */

interface Schema {
  readonly type?: string;
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
}

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const { schemas } = (
  JSON.parse(read('docs/openapi.json')) as { components: { schemas: Record<string, Schema> } }
).components;

/** The body of each kind of update, which is also a line of an import. */
const BODIES = ['CustomerUpdate', 'Membership', 'Enrollment', 'Association', 'WholeUpdate'];

type Path = readonly (string | number)[];

/** A property without properties of its own: where it is in the body, and the schema that declares it. */
interface Field {
  readonly path: Path;
  readonly place: string;
  readonly type: string;
}

function schemaNameOf({ $ref, allOf, items }: Schema): string | undefined {
  const reference = $ref ?? allOf?.[0]?.$ref ?? items?.$ref;
  return reference?.split('/').at(-1);
}

function fieldsOf(schemaName: string, path: Path = []): Field[] {
  const properties = schemas[schemaName]?.properties ?? {};
  return Object.entries(properties).flatMap(([name, property]) => {
    const inner = schemaNameOf(property);
    const at = property.type === 'array' ? [...path, name, 0] : [...path, name];
    if (inner !== undefined) return fieldsOf(inner, at);
    return [{ path: at, place: `${schemaName}.${name}`, type: property.type ?? 'none' }];
  });
}

const columns = Object.values(UPDATE_KINDS).flatMap(({ dto }) => columnsOf(dto));

const fields = BODIES.flatMap((body) => fieldsOf(body));

/** The rows of docs/fields.md about the body: the vendor's path, and the places in our API. */
const rows = read('docs/fields.md')
  .split('\n')
  .flatMap((line) => {
    const [, wire, api] = /^\| `([^`?]+)` \| ([^|]+) \|/.exec(line) ?? [];
    return wire === undefined || api === undefined || wire.startsWith('X-') ? [] : [{ wire, api }];
  });

describe('each field of a DTO', () => {
  it('is found in the document', () => {
    expect(fields.length).toBeGreaterThan(80);
    expect(fields.filter(({ type }) => type === 'none' || type === 'array')).toEqual([]);
  });

  it('has a row in docs/fields.md', () => {
    const places = new Set(rows.flatMap(({ api }) => [...api.matchAll(/`([^`]+)`/g)].map(([, one]) => one)));
    // A base class has rows of its own.
    const bases = ['WholeUpdate', 'CustomerUpdate', 'Customer'];
    const isListed = (place: string): boolean => {
      const [dto = '', name = ''] = place.split('.');
      const classes = bases.includes(dto) ? bases.slice(bases.indexOf(dto)) : [dto];
      return classes.some((one) => places.has(`${one}.${name}`));
    };
    expect(fields.map(({ place }) => place).filter((place) => !isListed(place))).toEqual([]);
  });

  it.each(fields)('is a column of CSV uploads, read as $type: $path', ({ path, type }) => {
    const pattern = [
      ...path.map((word) => (word === 0 ? '<n>' : word)),
      ...(type === 'object' ? ['<name>'] : []),
    ];
    const found = columns.find((column) => column.pattern === pattern.join('.'));
    const expected = { integer: 'whole number', boolean: 'boolean', string: 'text', object: 'text' }[type];
    expect(found).toMatchObject({ type: expected });
  });
});

/**
 * Whether the vendor's messages must not show the value to callers. A new field needs a word here, and a personal one
 * also a place in `PERSONAL` of `src/upstream/clean-message.ts`.
 */
const PERSONAL: Readonly<Record<string, boolean>> = {
  'profiles[].firstName': true,
  'profiles[].lastName': true,
  'profiles[].identifiers[].type': false,
  'profiles[].identifiers[].value': true,
  'profiles[].identifiers[].seriesId': false,
  'profiles[].identifiers[].seriesCode': false,
  'profiles[].identifiers[].statusLabel': false,
  'profiles[].identifiers[].cardExternalId': true,
  'profiles[].identifiers[].extendedFields': true,
  'profiles[].commChannels[].type': false,
  'profiles[].commChannels[].value': true,
  'profiles[].commChannels[].primary': false,
  'profiles[].commChannels[].verified': false,
  'profiles[].commChannels[].meta.lastViewedDate': false,
  'profiles[].commChannels[].meta.residence': false,
  'profiles[].commChannels[].meta.office': false,
  'profiles[].fields': true,
  'profiles[].source': false,
  'profiles[].accountId': false,
  extendedFields: true,
  'loyaltyInfo.loyaltyType': false,
  'loyaltyProgramEnrollments[].programId': false,
  'loyaltyProgramEnrollments[].tierNumber': false,
  'loyaltyProgramEnrollments[].loyaltyPoints': false,
  'loyaltyProgramEnrollments[].tierExpiryDate': false,
  'loyaltyProgramEnrollments[].pointsExpiryDate': false,
  'associationDetails.hierarchyCode': false,
  'associationDetails.roleCode': false,
  'associationDetails.childRoleCode': false,
  'associationDetails.parentCustomer': true,
  'associationDetails.childCustomers[]': true,
  'associationDetails.fleetCompany.externalId': false,
  createDate: false,
  associatedWith: false,
};

const MARKER = 'Quixote';

/** A vendor item that has the marker at one path, and nothing else. */
function itemWith(wire: string): never {
  const isCustomer = /parentCustomer|childCustomers/.test(wire);
  const value: unknown = isCustomer ? { profiles: [{ firstName: MARKER }] } : MARKER;
  return wire.split('.').reduceRight<unknown>((inner, word) => {
    const name = word.replace('[]', '');
    return { [name]: word.endsWith('[]') ? [inner] : inner };
  }, value) as never;
}

describe('each field that is sent to the vendor', () => {
  it('is known as personal or not', () => {
    expect(Object.keys(PERSONAL)).toEqual(rows.map(({ wire }) => wire));
  });

  it.each(Object.entries(PERSONAL))(
    'is removed from the vendor’s messages only if it is personal: %s, %s',
    (wire, isPersonal) => {
      const message = `The value ${MARKER} is wrong`;
      const cleaned = cleanerFor([itemWith(wire)])(message);
      expect(cleaned).toBe(isPersonal ? 'The value … is wrong' : message);
    },
  );
});

const LISTED = rows.flatMap(({ wire }) => {
  const [, list, name] = /^profiles\[\]\.(identifiers|commChannels)\[\]\.(\w+)/.exec(wire) ?? [];
  return list === undefined || name === undefined ? [] : [[list, name] as const];
});

describe('each property of an identifier and of a channel', () => {
  it.each(LISTED)('is returned by a search for children: %s, %s', (list, name) => {
    const customers = [{ profiles: [{ [list]: [{ [name]: MARKER }] }] }];
    const answer = readChildrenPage({ entity: { customers } });
    expect(answer).toMatchObject({ page: { customers: [{ [list]: [{ [name]: MARKER }] }] } });
  });
});
