import { type ClassConstructor, plainToInstance } from 'class-transformer';
import {
  type ValidationArguments,
  type ValidationError,
  ValidateIf,
  registerDecorator,
  validateSync,
} from 'class-validator';
import { MAX_MISTAKES, pointerTo } from './json-body.js';
import type { Mistake } from './problem.js';

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

function mistakesAt(error: ValidationError, pointer: string): Mistake[] {
  const own = Object.entries(error.constraints ?? {}).flatMap(([name, message]): Mistake[] => {
    if (name === 'whitelistValidation') return [{ pointer, message: 'is not a known property' }];
    if (name === 'nestedValidation' && Array.isArray(error.value)) {
      return error.value.flatMap((element: unknown, index) =>
        isObject(element) ? [] : [{ pointer: pointerTo(pointer, index), message: 'must be an object' }],
      );
    }
    if (name === 'nestedValidation') return [{ pointer, message: 'must be an object' }];
    const inner = rules.get(name)?.(error.value, error.target ?? {});
    if (inner)
      return inner.map((mistake) => ({ pointer: pointer + mistake.pointer, message: mistake.message }));
    return [{ pointer, message: withoutName(message, error.property) }];
  });
  const below = (error.children ?? []).flatMap((child) =>
    mistakesAt(child, pointerTo(pointer, child.property)),
  );
  return [...own, ...below];
}

/** The pointer names the property already. */
function withoutName(message: string, property: string): string {
  return message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
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
