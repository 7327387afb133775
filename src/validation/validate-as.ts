import { type ClassConstructor, Type, plainToInstance } from 'class-transformer';
import {
  type ValidationArguments,
  type ValidationError,
  ValidateIf,
  ValidateNested,
  getMetadataStorage,
  registerDecorator,
  validateSync,
} from 'class-validator';
import { readIfValid } from './compile-dto.js';
import { MAX_MISTAKES, pointerTo } from './json-body.js';
import type { MistakeCode, MistakeParams } from '../problems/mistake-codes.js';
import type { Mistake, ValueMistake } from '../problems/problem.js';

/** A mistake within a value; its pointer is relative to that value. */
export type InnerMistake = ValueMistake & { readonly pointer: string };

/** Checks a value, and the object that holds it, and returns all mistakes. */
export type Rule = (value: unknown, holder: object) => readonly InnerMistake[];

const NONE: readonly InnerMistake[] = [];

/** Returns the mistake of a value, or none, as a rule does. */
export function atValue(mistake: ValueMistake | undefined): readonly InnerMistake[] {
  return mistake ? [{ pointer: '', ...mistake }] : NONE;
}

/** What is wrong with a field that is missing. */
export const REQUIRED: ValueMistake = { code: 'required', message: 'is required' };

export function typeMistake(expected: string, message: string): ValueMistake {
  return { code: 'type', params: { expected }, message };
}

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

const NO_OBJECT = typeMistake('object', 'must be an object');
const NO_ARRAY = typeMistake('array', 'must be an array');

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
    Check((value) => atValue(isObject(value) ? undefined : value === undefined ? REQUIRED : NO_OBJECT)),
  );
}

function tooFew(min: number): ValueMistake {
  return { code: 'too-few', params: { min }, message: `must hold at least ${min} element(s)` };
}

function tooMany(max: number): ValueMistake {
  return { code: 'too-many', params: { max }, message: `must hold at most ${max} elements` };
}

/** The bounds of a list, and the message if it is absent. */
export interface ListBounds {
  readonly min: number;
  readonly max: number;
  readonly whenAbsent?: string;
}

/** Requires a list of objects of a DTO class. class-validator alone would also accept lists of lists. */
export function NestedList(dto: () => ClassConstructor<object>, bounds: ListBounds): PropertyDecorator {
  const { min, max, whenAbsent = REQUIRED.message } = bounds;
  return apply(
    Type(dto),
    ValidateNested({ each: true }),
    Check((list) => {
      if (list === undefined) return atValue({ ...REQUIRED, message: whenAbsent });
      if (!Array.isArray(list)) return atValue(NO_ARRAY);
      if (list.length < min) return atValue(tooFew(min));
      if (list.length > max) return atValue(tooMany(max));
      if (list.every(isObject)) return NONE;
      return list.flatMap((element: unknown, index) =>
        isObject(element) ? [] : [{ pointer: pointerTo('', index), ...NO_OBJECT }],
      );
    }),
  );
}

function mistakesAt(error: ValidationError, pointer: string): Mistake[] {
  const own = Object.entries(error.constraints ?? {}).flatMap(([name, message]): Mistake[] => {
    if (name === 'whitelistValidation')
      return [{ pointer, code: 'unknown-property', message: 'is not a known property' }];
    if (name === 'nestedValidation') return []; // the rule beside it reports this with a pointer
    const inner = rules.get(name)?.(error.value, error.target ?? {});
    if (inner) return inner.map((mistake) => ({ ...mistake, pointer: pointer + mistake.pointer }));
    return [{ pointer, ...builtInMistake(error, name, message) }];
  });
  const below = (error.children ?? []).flatMap((child) =>
    mistakesAt(child, pointerTo(pointer, child.property)),
  );
  // Mistakes inside a value of the wrong shape mean nothing.
  const shapeless = own.filter(
    ({ message }) => message === NO_OBJECT.message || message === NO_ARRAY.message,
  );
  const isInside = (inner: string): boolean =>
    shapeless.some(({ pointer: outer = '' }) => inner === outer || inner.startsWith(`${outer}/`));
  return [...own, ...below.filter(({ pointer: inner = '' }) => !isInside(inner))];
}

/** The codes of the validators of class-validator, and the names of their constraints. */
const BUILT_IN: Readonly<Record<string, { readonly code: MistakeCode; readonly param?: string }>> = {
  arrayMaxSize: { code: 'too-many', param: 'max' },
  arrayMinSize: { code: 'too-few', param: 'min' },
  arrayNotEmpty: { code: 'too-few', param: 'min' },
  arrayUnique: { code: 'repeated' },
  isArray: { code: 'type' },
  isBoolean: { code: 'type' },
  isIn: { code: 'enum', param: 'allowed' },
  isInt: { code: 'type' },
  isNumber: { code: 'type' },
  isString: { code: 'type' },
  matches: { code: 'format' },
  max: { code: 'out-of-range', param: 'max' },
  min: { code: 'out-of-range', param: 'min' },
};

/** The types in the words of JSON Schema. */
const EXPECTED_TYPES: Readonly<Record<string, string>> = {
  isArray: 'array',
  isBoolean: 'boolean',
  isInt: 'integer',
  isNumber: 'number',
  isString: 'string',
};

/** Returns the constraint of a validator of class-validator, such as the largest number. */
function constraintOf({ target = {}, property }: ValidationError, name: string): unknown {
  const storage = getMetadataStorage();
  const dto = target.constructor as ClassConstructor<object>;
  const found = storage
    .getTargetValidationMetadatas(dto, '', false, false)
    .find((one) => one.propertyName === property && one.name === name);
  const [constraint] = (found?.constraints ?? []) as readonly unknown[];
  return constraint;
}

function paramsOf(
  error: ValidationError,
  name: string,
  param: string | undefined,
): MistakeParams | undefined {
  const expected = EXPECTED_TYPES[name];
  if (expected !== undefined) return { expected };
  if (param === undefined) return undefined;
  const value = constraintOf(error, name);
  // A list that must not be empty has no constraint.
  return { [param]: Array.isArray(value) ? value.map(String) : Number(value ?? 1) };
}

function builtInMistake(error: ValidationError, name: string, message: string): ValueMistake {
  if (error.value === undefined) return REQUIRED;
  const { code, param } = BUILT_IN[name] ?? { code: 'format' };
  const params = paramsOf(error, name, param);
  return { code, ...(params && { params }), message: withoutName(message, error.property) };
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
  if (!isObject(given)) {
    return { mistakes: [{ pointer, ...typeMistake('object', 'must be a JSON object') }] };
  }
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
