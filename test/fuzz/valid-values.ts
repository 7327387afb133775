import fc from 'fast-check';
import { type ApiDocument, type Schema, nameOf } from './api-document.js';
import type { Markers } from './markers.js';

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type JsonObject = Record<string, Json>;

/** Longer lists are generated as hostile bodies. */
const MOST_ELEMENTS = 3;

const DATE_TIMES = ['2026-02-11T16:36:17+05:30', '2024-02-29T23:59:59Z', '1999-12-31T00:00:00-14:00'];

/** A date in the far future. */
const EXPIRES_AT = '2199-12-31T23:59:59+05:30';

/** Values that the sandbox knows; it would refuse nearly every request with other values. */
const FIELD_NAMES = ['gender', 'city'];
const PROGRAM_ID = 1016;
const HIERARCHY = 'code-association2';
const CARD_STATUS = 'ACTIVE';
const ROLE = 'FA';
const CHILD_ROLE = 'FC';
const COMPANY = 'ex917471000000';

/** Characters that no text may contain. */
const UNSEEN = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u{2800}\u{FFFC}\u{FFFD}]/gu;

function texts({ word }: Markers, { minLength = 1, maxLength = 100 }: Schema): fc.Arbitrary<string> {
  const cut = (text: string): string => [...text].slice(0, maxLength).join('').trim();
  return fc.oneof(
    { weight: 6, arbitrary: fc.stringMatching(/^[\w .-]{6,12}$/).map((tail) => cut(`${word}${tail}`)) },
    {
      weight: 3,
      arbitrary: fc
        .string({ unit: 'grapheme', minLength: 4, maxLength: 20 })
        .map((tail) => cut(word + tail.replaceAll(UNSEEN, ''))),
    },
    { weight: 1, arbitrary: fc.constantFrom(word.padEnd(maxLength, 'x'), 'x'.repeat(minLength)) },
  );
}

/** Hashes a value to a number below 100,000, so that few customers share one. */
function numberOf(value: Json): number {
  let number = 0;
  for (const letter of JSON.stringify(value)) number = (number * 31 + (letter.codePointAt(0) ?? 0)) % 99_991;
  return number;
}

/** Makes the key of a batch element printable. */
const element =
  (adjust: (value: JsonObject) => JsonObject) =>
  (value: JsonObject): JsonObject => {
    const { idempotencyKey, ...others } = adjust(value);
    const printable = JSON.stringify(idempotencyKey ?? '').replaceAll(/[^!-~]|"/g, '-');
    return { ...others, ...(idempotencyKey !== undefined && { idempotencyKey: printable }) };
  };

/** Keeps the parent or the children, and names what the sandbox knows. */
function associatedWith({ childCustomers, ...others }: JsonObject): JsonObject {
  return {
    ...others,
    ...(others['hierarchyCode'] !== undefined && { hierarchyCode: HIERARCHY }),
    roleCode: ROLE,
    ...(others['childRoleCode'] !== undefined && { childRoleCode: CHILD_ROLE }),
    ...(childCustomers !== undefined && others['parentCustomer'] === undefined && { childCustomers }),
  };
}

/** Adjusts values to the rules between fields, which the schemas cannot express. */
function crossFieldRules({
  word,
  digits,
}: Markers): Readonly<Record<string, (value: JsonObject) => JsonObject>> {
  const spelled = (value: JsonObject): JsonObject => {
    const number = numberOf(value['value'] ?? null);
    if (value['type'] === 'mobile') return { ...value, value: `${digits}${number}` };
    if (value['type'] === 'email') return { ...value, value: `${word}.${number}@example.com` };
    return value;
  };
  const referred = ({ identifiers, cards, ...others }: JsonObject): JsonObject => {
    const hasCards = Array.isArray(cards) && cards.length > 0;
    return {
      ...others,
      ...(hasCards && { cards }),
      ...(identifiers !== undefined && { identifiers }),
      ...(identifiers === undefined &&
        !hasCards && { identifiers: [{ type: 'mobile', value: `${digits}${numberOf(others)}` }] }),
    };
  };
  const associated = (value: JsonObject): JsonObject => associatedWith(referred(value));
  /** Only members are enrolled. */
  const whole = ({ programs, ...others }: JsonObject): JsonObject => ({
    ...referred(others),
    ...(programs !== undefined && { programs: (programs as Json[]).slice(0, 1), loyaltyType: 'loyalty' }),
  });
  const enrolled = (value: JsonObject): JsonObject => {
    const { programs, ...others } = referred(value);
    return { ...others, programs: (programs as Json[]).slice(0, 1) };
  };
  return {
    Identifier: spelled,
    ParentIdentifier: spelled,
    CommChannel: ({ meta, ...channel }) => ({
      ...spelled(channel),
      ...(meta !== undefined && channel['type'] === 'mobilePush' && { meta }),
    }),
    CommChannelMeta: ({ lastViewedDate, ...meta }) => ({
      ...meta,
      ...(lastViewedDate !== undefined && { lastViewedDate: '2026-10-25' }),
    }),
    Card: ({ seriesId, seriesCode, ...card }) => ({
      ...card,
      statusLabel: CARD_STATUS,
      ...(seriesId === undefined ? { seriesCode: seriesCode ?? 'FleetCard1' } : { seriesId }),
    }),
    Customer: referred,
    CustomerUpdate: referred,
    CustomerUpdateItem: element(referred),
    Membership: referred,
    MembershipItem: element(referred),
    Enrollment: enrolled,
    EnrollmentItem: element(enrolled),
    Association: associated,
    AssociationItem: element(associated),
    AssociationPart: associatedWith,
    WholeUpdate: whole,
    WholeUpdateItem: element(whole),
    FleetCompany: () => ({ externalId: COMPANY }),
    ProgramEnrollment: ({ tierNumber, tierExpiryDate, pointsExpiryDate, ...program }) => ({
      ...program,
      programId: PROGRAM_ID,
      ...(tierNumber !== undefined && { tierNumber: 2 }),
      ...(tierExpiryDate !== undefined && { tierExpiryDate: EXPIRES_AT }),
      ...(pointsExpiryDate !== undefined && { loyaltyPoints: 75, pointsExpiryDate: EXPIRES_AT }),
    }),
    ChildrenSearch: ({ parent, company, ...search }) => ({
      ...search,
      ...(company === undefined
        ? { parent: parent ?? { identifier: { type: 'mobile', value: `${digits}1` } } }
        : { company }),
    }),
  };
}

/** @returns values that a schema of the document allows, and that mostly keep the rules between fields */
export function validValues(
  { components }: ApiDocument,
  markers: Markers,
): (schema: Schema) => fc.Arbitrary<Json> {
  const rules = crossFieldRules(markers);
  const named = new Map<string, fc.Arbitrary<Json>>();

  const valuesNamed = (name: string): fc.Arbitrary<Json> => {
    const known = named.get(name);
    if (known) return known;
    const schema = components.schemas[name];
    if (!schema) throw new Error(`the document has no schema ${name}`);
    const adjust = rules[name];
    const values = adjust ? valuesOf(schema).map((value) => adjust(value as JsonObject)) : valuesOf(schema);
    named.set(name, values);
    return values;
  };

  const objects = ({ properties, required = [], additionalProperties }: Schema): fc.Arbitrary<Json> => {
    if (properties) {
      const fields = Object.entries(properties).map(([name, schema]) => [name, valuesOf(schema)] as const);
      return fc.record<JsonObject>(Object.fromEntries(fields), {
        requiredKeys: [...required],
        noNullPrototype: true,
      });
    }
    if (typeof additionalProperties !== 'object') return fc.constant({});
    return fc.dictionary(fc.constantFrom(...FIELD_NAMES), valuesOf(additionalProperties), {
      maxKeys: 4,
      noNullPrototype: true,
    });
  };

  const valuesOf = (schema: Schema): fc.Arbitrary<Json> => {
    if (schema.$ref !== undefined) return valuesNamed(nameOf(schema));
    if (schema.allOf) return valuesOf(schema.allOf[0]);
    if (schema.oneOf) return fc.oneof(...schema.oneOf.map(valuesOf));
    if (schema.enum) return fc.constantFrom(...(schema.enum as Json[]));
    const { minimum = -1000, maximum = 1000 } = schema;
    switch (schema.type) {
      case 'boolean':
        return fc.boolean();
      case 'integer':
        return fc.oneof(
          fc.integer({ min: minimum, max: Math.min(maximum, 5000) }),
          fc.constantFrom(minimum, maximum),
        );
      case 'number':
        return fc.double({ min: minimum, max: maximum, noNaN: true });
      case 'string':
        if (schema.format === 'date-time') return fc.constantFrom(...DATE_TIMES);
        if (schema.format === 'uuid') return fc.uuid();
        if (schema.pattern !== undefined) return fc.stringMatching(new RegExp(schema.pattern));
        return texts(markers, schema);
      case 'array': {
        const { items = {}, minItems = 0, maxItems = MOST_ELEMENTS } = schema;
        const bounds = { minLength: minItems, maxLength: Math.min(maxItems, MOST_ELEMENTS) };
        return fc.uniqueArray(valuesOf(items), { ...bounds, selector: (value) => JSON.stringify(value) });
      }
      case 'object':
      case undefined:
      default:
        return objects(schema);
    }
  };
  return valuesOf;
}
