import type { OpenAPIObject } from '@nestjs/swagger';
import { FIELD_TABLE } from './field-table.js';

/** The facts that the table needs about one property or parameter of the OpenAPI document. */
interface Described {
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
}

interface Schema {
  readonly properties?: Readonly<Record<string, Described>>;
}

/** A base class has no schema of its own, so its properties are read from a class that extends it. */
const EXTENDED: Readonly<Record<string, string>> = { Customer: 'CustomerUpdate' };

function findProperty(document: OpenAPIObject, place: string): Described {
  const [, parameter] = /^query (\w+)$/.exec(place) ?? [];
  if (parameter !== undefined) {
    const parameters = (document.paths['/v1/customers']?.patch?.parameters ?? []) as {
      name?: string;
      schema?: Described;
    }[];
    const schema = parameters.find(({ name }) => name === parameter)?.schema;
    if (schema) return schema;
  }
  const [dto = '', name = ''] = place.split('.');
  const schemas = (document.components?.schemas ?? {}) as Record<string, Schema>;
  const property = (schemas[EXTENDED[dto] ?? dto] ?? schemas[dto])?.properties?.[name];
  if (!property) throw new Error(`the OpenAPI document has no ${place}`);
  return property;
}

function span(from: number | undefined, to: number | undefined, what: string): string[] {
  return to === undefined ? [] : [`${from ?? 0} to ${to}${what}`];
}

function bounds(property: Described): string {
  const { minLength, maxLength, minimum, maximum, minItems, maxItems, maxProperties } = property;
  return [
    ...(property.enum ? [property.enum.join(', ')] : []),
    ...span(minLength, maxLength, ' characters'),
    ...span(minimum, maximum, ''),
    ...span(minItems, maxItems, ' elements'),
    ...(maxProperties === undefined ? [] : [`at most ${maxProperties} names`]),
  ].join('; ');
}

function typeOf({ type = 'object', format }: Described): string {
  return format === undefined ? type : `${type} (${format})`;
}

/** Writes docs/fields.md: each field of the vendor, its place in our API, and its bound. */
export function describeFields(document: OpenAPIObject): string {
  const rows = FIELD_TABLE.map(({ wire, api, unit = '', boundBy }) => {
    const [first = ''] = api;
    const property = findProperty(document, first);
    api.forEach((place) => findProperty(document, place));
    const places = api.map((place) => `\`${place}\``).join(', ');
    return `| \`${wire}\` | ${places} | ${typeOf(property)} | ${unit} | ${bounds(property)} | ${boundBy} |`;
  });
  return [
    '# Fields',
    '',
    "This table maps each of the vendor's fields to this API: to the schema and property of `/openapi.json`, or to the query",
    'parameter. A card is an identifier on the wire. `parentCustomer` and `childCustomers` are customers with the same',
    'fields. `npm run generate` writes this file; a test compares it with the code.',
    '',
    "| the vendor's field | here | type | unit | bound | who set the bound |",
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
