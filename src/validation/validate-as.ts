import { type ClassConstructor, Type, plainToInstance } from 'class-transformer';
import {
  type ValidationArguments,
  type ValidationError,
  ValidateIf,
  ValidateNested,
  registerDecorator,
  validateSync,
} from 'class-validator';
import { readIfValid } from './compile-dto.js';
import { MAX_MISTAKES, pointerTo } from './json-body.js';
import type { Mistake } from '../problems/problem.js';

/** A mistake within a value; its pointer is relative to that value. */
export type InnerMistake = Readonly<Required<Pick<Mistake, 'pointer' | 'message'>>>;

/** Checks a value, and the object that holds it, and returns all mistakes. */
export type Rule = (value: unknown, holder: object) => readonly InnerMistake[];

const rules = new Map<string, Rule>();

/**
 * Adds a rule that class-validator cannot express: it points into maps and arrays, and may read other properties. It also
 * runs if the property is absent.
 */
export function Check(rule: Rule): PropertyDecorator {
  return (target, property) => {
    const name = `rule:${target.constructor.name}.${String(property)}:${rules.size}`;
    rules.set(name, rule);
    registerDecorator({
      name,
      target: target.constructor,
      propertyName: String(property),
      validator: {
        validate: (value: unknown, context: ValidationArguments) => rule(value, context.object).length === 0,
        defaultMessage: () => 'is not valid',
      },
    });
  };
}

/** Allows a property to be absent. Unlike `IsOptional` it refuses null: the vendor documents no way to clear a field. */
export function Optional(): PropertyDecorator {
  return ValidateIf((_holder: object, value: unknown) => value !== undefined);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const NO_OBJECT = 'must be an object';
const NO_ARRAY = 'must be an array';

function apply(...decorators: PropertyDecorator[]): PropertyDecorator {
  return (target, property) => {
    for (const decorate of decorators) decorate(target, property);
  };
}

/** Requires an object of a DTO class. class-validator alone would also accept an array of them. */
export function Nested(dto: () => ClassConstructor<object>): PropertyDecorator {
  return apply(
    Type(dto),
    ValidateNested(),
    Check((value) => (isObject(value) ? [] : [{ pointer: '', message: NO_OBJECT }])),
  );
}

/** The bounds of a list, and the message if it is absent. */
export interface ListBounds {
  readonly min: number;
  readonly max: number;
  readonly whenAbsent?: string;
}

/** Requires a list of objects of a DTO class. class-validator alone would also accept lists of lists. */
export function NestedList(dto: () => ClassConstructor<object>, bounds: ListBounds): PropertyDecorator {
  const { min, max, whenAbsent = NO_ARRAY } = bounds;
  return apply(
    Type(dto),
    ValidateNested({ each: true }),
    Check((list) => {
      if (list === undefined) return [{ pointer: '', message: whenAbsent }];
      if (!Array.isArray(list)) return [{ pointer: '', message: NO_ARRAY }];
      if (list.length < min) return [{ pointer: '', message: `must hold at least ${min} element(s)` }];
      if (list.length > max) return [{ pointer: '', message: `must hold at most ${max} elements` }];
      if (list.every(isObject)) return [];
      return list.flatMap((element: unknown, index) =>
        isObject(element) ? [] : [{ pointer: pointerTo('', index), message: NO_OBJECT }],
      );
    }),
  );
}

function mistakesAt(error: ValidationError, pointer: string): Mistake[] {
  const own = Object.entries(error.constraints ?? {}).flatMap(([name, message]): Mistake[] => {
    if (name === 'whitelistValidation') return [{ pointer, message: 'is not a known property' }];
    if (name === 'nestedValidation') return []; // the rule beside it reports this with a pointer
    const inner = rules.get(name)?.(error.value, error.target ?? {});
    if (inner)
      return inner.map((mistake) => ({ pointer: pointer + mistake.pointer, message: mistake.message }));
    return [{ pointer, message: withoutName(message, error.property) }];
  });
  const below = (error.children ?? []).flatMap((child) =>
    mistakesAt(child, pointerTo(pointer, child.property)),
  );
  // Mistakes inside a value of the wrong shape mean nothing.
  const shapeless = own.filter(({ message }) => message === NO_OBJECT || message === NO_ARRAY);
  const isInside = (inner: string): boolean =>
    shapeless.some(({ pointer: outer = '' }) => inner === outer || inner.startsWith(`${outer}/`));
  return [...own, ...below.filter(({ pointer: inner = '' }) => !isInside(inner))];
}

/** Removes the name of the property, which the pointer has already. */
function withoutName(message: string, property: string): string {
  return message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Whether a text has the format of our ids. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** A value of the class, or all mistakes in the given value. */
export type Validated<T> = { readonly value: T } | { readonly mistakes: readonly Mistake[] };

/**
 * Reads a plain value as an instance of a DTO class. Unknown properties are mistakes; nothing is converted. class-validator
 * runs only for what the compiled class does not accept, as it is slower by far, and says what is wrong.
 *
 * @param pointer where the value is in the body
 */
export function validateAs<T extends object>(
  dto: ClassConstructor<T>,
  given: unknown,
  pointer = '',
): Validated<T> {
  if (!isObject(given)) return { mistakes: [{ pointer, message: 'must be a JSON object' }] };
  const valid = readIfValid(dto, given);
  if (valid) return { value: valid };
  const value = plainToInstance(dto, given);
  const errors = validateSync(value, {
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: true,
  });
  const mistakes = errors.flatMap((error) => mistakesAt(error, pointerTo(pointer, error.property)));
  return mistakes.length > 0 ? { mistakes: mistakes.slice(0, MAX_MISTAKES) } : { value };
}
