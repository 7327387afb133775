import { type ClassConstructor, Type, plainToInstance } from 'class-transformer';
import {
  type ValidationArguments,
  type ValidationError,
  ValidateIf,
  ValidateNested,
  registerDecorator,
  validateSync,
} from 'class-validator';
import { MAX_MISTAKES, pointerTo } from './json-body.js';
import type { Mistake } from '../problems/problem.js';

/** A mistake within a value, its pointer relative to that value. */
export type InnerMistake = Readonly<Required<Pick<Mistake, 'pointer' | 'message'>>>;

/** Looks at a value and at the object that holds it, and says all that is wrong. */
export type Rule = (value: unknown, holder: object) => readonly InnerMistake[];

const rules = new Map<string, Rule>();

/**
 * A rule of ours on a property, for what class-validator cannot say: it points into maps and arrays, and may look at
 * neighbours. It runs also where the property is absent.
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

/** A property that may be absent. Unlike `IsOptional` it refuses null: the vendor documents no way to clear a field. */
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

/** An object of a DTO class. class-validator alone would also take an array of them. */
export function Nested(dto: () => ClassConstructor<object>): PropertyDecorator {
  return apply(
    Type(dto),
    ValidateNested(),
    Check((value) => (isObject(value) ? [] : [{ pointer: '', message: NO_OBJECT }])),
  );
}

/** Bounds of a list, and what is said where it is absent. */
export interface ListBounds {
  readonly min: number;
  readonly max: number;
  readonly whenAbsent?: string;
}

/** A list of objects of a DTO class. class-validator alone would also take lists of lists. */
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
      return list.flatMap((element: unknown, index) =>
        isObject(element) ? [] : [{ pointer: pointerTo('', index), message: NO_OBJECT }],
      );
    }),
  );
}

function mistakesAt(error: ValidationError, pointer: string): Mistake[] {
  const own = Object.entries(error.constraints ?? {}).flatMap(([name, message]): Mistake[] => {
    if (name === 'whitelistValidation') return [{ pointer, message: 'is not a known property' }];
    if (name === 'nestedValidation') return []; // told by the rule beside it, with a pointer
    const inner = rules.get(name)?.(error.value, error.target ?? {});
    if (inner)
      return inner.map((mistake) => ({ pointer: pointer + mistake.pointer, message: mistake.message }));
    return [{ pointer, message: withoutName(message, error.property) }];
  });
  const below = (error.children ?? []).flatMap((child) =>
    mistakesAt(child, pointerTo(pointer, child.property)),
  );
  // What is of a wrong shape has no insides to speak of.
  const shapeless = own.filter(({ message }) => message === NO_OBJECT || message === NO_ARRAY);
  const isInside = (inner: string): boolean =>
    shapeless.some(({ pointer: outer = '' }) => inner === outer || inner.startsWith(`${outer}/`));
  return [...own, ...below.filter(({ pointer: inner = '' }) => !isInside(inner))];
}

/** The pointer names the property already. */
function withoutName(message: string, property: string): string {
  return message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Whether it can be an id of ours. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** A value of the class, or all mistakes in what was given. */
export type Validated<T> = { readonly value: T } | { readonly mistakes: readonly Mistake[] };

/**
 * Reads a plain value as an instance of a DTO class. Unknown properties are mistakes; nothing is converted.
 *
 * @param pointer where the value stands in the body
 */
export function validateAs<T extends object>(
  dto: ClassConstructor<T>,
  given: unknown,
  pointer = '',
): Validated<T> {
  if (!isObject(given)) return { mistakes: [{ pointer, message: 'must be a JSON object' }] };
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
