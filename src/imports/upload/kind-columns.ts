import 'reflect-metadata';
import type { ClassConstructor } from 'class-transformer';
import { defaultMetadataStorage as transformers } from 'class-transformer/cjs/storage.js';
import { ValidationTypes, getMetadataStorage } from 'class-validator';
import { IDENTIFIER_TYPES, IdentifierDto } from '../../customers/dto/identifier.dto.js';

/** What a cell of a column is read as. */
export type CellType = 'text' | 'whole number' | 'boolean';

/** What OpenAPI says about a property. Comments are in it only after `nest build`. */
interface Described {
  readonly description?: string;
  readonly example?: unknown;
  readonly enum?: readonly string[];
  readonly maxItems?: number;
  readonly additionalProperties?: unknown;
}

/** The static method that the compiler plugin of `@nestjs/swagger` adds to each DTO class. */
const COMMENTS = '_OPENAPI_METADATA_FACTORY';
type Commented = Readonly<Record<typeof COMMENTS, () => Record<string, Described>>>;

/** A property of a DTO, as CSV sees it. */
export type Field = { readonly isOptional: boolean; readonly described: Described } & (
  | { readonly is: 'value'; readonly type: CellType }
  | { readonly is: 'map' }
  | { readonly is: 'object'; readonly fields: Fields }
  | { readonly is: 'list'; readonly fields: Fields; readonly max: number; readonly isIdentifiers: boolean }
);

export type Fields = ReadonlyMap<string, Field>;

/** Reads the metadata that the decorators of `@nestjs/swagger` and its compiler plugin leave. It exports no reader. */
function readDescription(dto: ClassConstructor<object>, name: string): Described {
  let comments: Described = {};
  for (let at: object | null = dto; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    if (!Object.hasOwn(at, COMMENTS)) continue;
    const { [COMMENTS]: readComments } = at as unknown as Commented;
    comments = { ...readComments()[name], ...comments };
  }
  const declared = Reflect.getMetadata('swagger/apiModelProperties', dto.prototype as object, name) as
    Described | undefined;
  return { ...comments, ...declared };
}

function readField(dto: ClassConstructor<object>, name: string): Field {
  const storage = getMetadataStorage();
  const validators = storage
    .getTargetValidationMetadatas(dto, '', false, false)
    .filter(({ propertyName }) => propertyName === name);
  const described = readDescription(dto, name);
  const isOptional = validators.some(({ type, constraints }) => {
    if (type !== ValidationTypes.CONDITIONAL_VALIDATION) return false;
    const isChecked = constraints[0] as (holder: object, value: unknown) => boolean;
    return !isChecked({}, undefined);
  });
  const nested = validators.find(({ type }) => type === ValidationTypes.NESTED_VALIDATION);
  if (nested) {
    const inner = transformers.findTypeMetadata(dto, name).typeFunction() as ClassConstructor<object>;
    const fields = readFields(inner);
    if (!nested.each) return { is: 'object', isOptional, described, fields };
    const { maxItems: max } = described;
    if (max === undefined) throw new TypeError(`${dto.name}.${name} has no maxItems in its @ApiProperty`);
    return { is: 'list', isOptional, described, fields, max, isIdentifiers: inner === IdentifierDto };
  }
  if (described.additionalProperties !== undefined) return { is: 'map', isOptional, described };
  const has = (validator: string): boolean => validators.some((one) => one.name === validator);
  const type = has('isInt') ? 'whole number' : has('isBoolean') ? 'boolean' : 'text';
  return { is: 'value', isOptional, described, type };
}

const known = new Map<ClassConstructor<object>, Fields>();

/** Reads the fields of a DTO class from its decorators, so that a field that is added to the class is also a column. */
export function readFields(dto: ClassConstructor<object>): Fields {
  const before = known.get(dto);
  if (before) return before;
  const storage = getMetadataStorage();
  const names = Object.keys(
    storage.groupByPropertyName(storage.getTargetValidationMetadatas(dto, '', false, false)),
  );
  const fields = new Map(names.map((name) => [name, readField(dto, name)]));
  known.set(dto, fields);
  return fields;
}

/** A column that a CSV upload may have. */
export interface KindColumn {
  /** Its name, with `<n>` for a position from 0, `<type>` for a type of identifier, and `<name>` for the name of a field. */
  readonly pattern: string;
  /** A name that it may have in a header, such as `cards.0.number`. */
  readonly name: string;
  readonly type: CellType;
  /** The only texts that a cell may hold, or, for a pattern with `<type>`, what may be in its place. */
  readonly values?: readonly string[];
  /** How many positions each `<n>` has, from the outside. */
  readonly positions: readonly number[];
  readonly description: string;
  /** `with others`: required if another column of the same object, such as `cards.0`, has a cell. */
  readonly required: 'always' | 'with others' | 'no';
  /** A cell. It is empty where the documentation of the field has no example. */
  readonly example: string;
}

interface Place {
  readonly pattern: string;
  readonly name: string;
  readonly positions: readonly number[];
  /** Whether each object that contains the place is required. */
  readonly isRequired: boolean;
}

function below({ pattern, name, positions, isRequired }: Place, word: string, isOptional: boolean): Place {
  const dot = pattern === '' ? '' : '.';
  return {
    pattern: `${pattern}${dot}${word}`,
    name: `${name}${dot}${word}`,
    positions,
    isRequired: isRequired && !isOptional,
  };
}

function toCell(example: unknown): string {
  return typeof example === 'string' || typeof example === 'number' || typeof example === 'boolean'
    ? String(example)
    : '';
}

function listField(name: string, field: Field, outer: Place): KindColumn[] {
  const { described } = field;
  const place = below(outer, name, field.isOptional);
  const { description = '', example } = described;
  switch (field.is) {
    case 'value': {
      const { isRequired, ...named } = place;
      const required = isRequired ? 'always' : field.isOptional ? 'no' : 'with others';
      return [
        {
          ...named,
          type: field.type,
          ...(described.enum && { values: described.enum }),
          description,
          required,
          example: toCell(example ?? described.enum?.[0]),
        },
      ];
    }
    case 'map': {
      const [[inner, cell] = ['name', '']] = Object.entries((example ?? {}) as Record<string, unknown>);
      const { positions } = place;
      const [pattern, named] = [`${place.pattern}.<name>`, `${place.name}.${inner}`];
      return [
        { pattern, name: named, positions, type: 'text', description, required: 'no', example: toCell(cell) },
      ];
    }
    case 'object':
      return listFields(field.fields, place);
    case 'list': {
      const element: Place = {
        pattern: `${place.pattern}.<n>`,
        name: `${place.name}.0`,
        positions: [...place.positions, field.max],
        isRequired: place.isRequired && !field.isIdentifiers,
      };
      const columns = listFields(field.fields, element);
      if (!field.isIdentifiers) return columns;
      // It takes the place of the two columns of an identifier.
      const typed: KindColumn = {
        pattern: `${place.pattern}.<type>`,
        name: `${place.name}.mobile`,
        positions: place.positions,
        type: 'text',
        values: IDENTIFIER_TYPES,
        description,
        required: place.isRequired ? 'always' : 'with others',
        example: toCell(field.fields.get('value')?.described.example),
      };
      return [typed, ...columns];
    }
  }
}

function listFields(fields: Fields, place: Place): KindColumn[] {
  return [...fields].flatMap(([name, field]) => listField(name, field, place));
}

/** Lists the columns of a CSV upload in which each row is an object of a DTO class. */
export function columnsOf(dto: ClassConstructor<object>): KindColumn[] {
  return listFields(readFields(dto), { pattern: '', name: '', positions: [], isRequired: true });
}
