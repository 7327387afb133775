import { type ClassConstructor, Exclude, Expose, Transform, Type, plainToInstance } from 'class-transformer';
import {
  Allow,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Min,
  ValidateIf,
  ValidateNested,
  ValidatePromise,
  registerDecorator,
} from 'class-validator';
import { describe, expect, it } from 'vitest';
import { compileAllDtos, readIfValid } from './compile-dto.js';
import { Check, Nested, NestedList, Optional, validateAs } from './validate-as.js';

class Wheel {
  @IsInt()
  @Min(1)
  size: number;
}

class Car {
  @IsString()
  name: string;

  @Optional()
  @NestedList(() => Wheel, { min: 1, max: 4 })
  wheels?: Wheel[];

  @Optional()
  @Nested(() => Wheel)
  spare?: Wheel;

  @Allow()
  notes?: unknown;

  @Optional()
  @IsIn(['red', 'blue'], { each: true })
  colors?: string[];

  @Optional()
  @Type(() => Number)
  @IsInt()
  seats: number = 4;

  @IsOptional()
  @Check((value, holder) =>
    value === (holder as Car).name ? [] : [{ pointer: '', code: 'combination', message: 'must be the name' }],
  )
  alias?: string | null;

  @ValidateIf(({ alias }: Car) => alias === 'x')
  @IsString({ message: 'must be a string' })
  because?: string;

  @IsString({ validateIf: (car: Car) => car.seats > 4 })
  license?: string;
}

describe(readIfValid.name, () => {
  it.each<object>([
    { name: 'a' },
    { wheels: [{ size: 1 }, { size: 2 }], name: 'a' },
    { name: 'a', spare: { size: 3 }, colors: ['red', 'red'] },
    { name: 'a', colors: 'red' },
    { name: 'a', notes: { deep: [{ list: [1, null, 'x', true] }, []] } },
    { name: 'a', notes: null },
    { seats: '3', name: 'a' },
    { seats: undefined, spare: undefined, name: 'a' },
    { name: 'x', alias: 'x', because: 'y' },
    { name: 'a', alias: null },
    { name: 'a', seats: 5, license: 'KA01B2020' },
  ])('returns what class-transformer makes of a valid value: %j', (given) => {
    const value = readIfValid(Car, given);
    const expected = plainToInstance(Car, given);
    expect(value).toStrictEqual(expected);
    expect(JSON.stringify(value)).toBe(JSON.stringify(expected));
    expect(validateAs(Car, given)).toStrictEqual({ value: expected });
  });

  it('shares nothing with the given value', () => {
    const notes = { list: [{ a: 1 }] };
    const value = readIfValid(Car, { name: 'a', notes });
    notes.list.push({ a: 2 });
    expect(value?.notes).toEqual({ list: [{ a: 1 }] });
  });

  it.each<object>([
    {},
    { name: 1 },
    { name: 'a', unknown: 1 },
    { name: 'a', wheels: [] },
    { name: 'a', wheels: [{ size: 0 }] },
    { name: 'a', wheels: [{ size: 1, unknown: 1 }] },
    { name: 'a', wheels: [[{ size: 1 }]] },
    { name: 'a', wheels: [null] },
    { name: 'a', wheels: { size: 1 } },
    { name: 'a', spare: [] },
    { name: 'a', spare: null },
    { name: 'a', spare: 'x' },
    { name: 'a', colors: ['red', 'green'] },
    { name: 'a', seats: 'x' },
    { name: 'a', seats: [1] },
    { name: 'a', alias: 'b' },
    { name: 'x', alias: 'x' },
    { name: 'a', seats: 5 },
  ])('leaves to class-validator what is not valid: %j', (given) => {
    expect(readIfValid(Car, given)).toBeUndefined();
    expect(validateAs(Car, given)).toHaveProperty('mistakes');
  });

  it.each<[string, object]>([
    ['names that every object has', JSON.parse('{"name":"a","notes":{"__proto__":{"b":1}}}') as object],
    ['such a name in the value itself', JSON.parse('{"name":"a","constructor":1}') as object],
    ['an instance of another class', { name: 'a', notes: new Date(0) }],
    ['a value without a prototype', Object.assign(Object.create(null) as object, { name: 'a' })],
  ])('leaves %s to class-transformer', (_what, given) => {
    expect(readIfValid(Car, given)).toBeUndefined();
  });
});

function Later(): PropertyDecorator {
  return (target, property) => {
    registerDecorator({
      name: 'later',
      target: target.constructor,
      propertyName: String(property),
      async: true,
      validator: { validate: async () => Promise.resolve(true) },
    });
  };
}

/** Returns a class with a property `a` that has these decorators. */
function dtoWith(...decorators: PropertyDecorator[]): ClassConstructor<object> {
  class Odd {
    a: unknown;
  }
  for (const decorate of decorators) decorate(Odd.prototype, 'a');
  return Odd;
}

class Tree {
  @Nested(() => Tree)
  child?: Tree;
}

class Bag {
  @IsArray()
  @Type(() => Wheel)
  wheels: Set<Wheel>;
}

class Defaulted {
  @IsInt()
  a: number;

  b = 1;
}

class Computed {
  @IsInt()
  get a(): number {
    return 1;
  }
}

describe(compileAllDtos.name, () => {
  it.each<[string, ClassConstructor<object>]>([
    [
      'Odd.a cannot be compiled: @Transform',
      dtoWith(
        IsInt(),
        Transform(({ value }) => Number(value)),
      ),
    ],
    ['Odd.a cannot be compiled: @Expose and @Exclude', dtoWith(IsInt(), Expose({ name: 'b' }))],
    ['Odd.a cannot be compiled: @Expose and @Exclude', dtoWith(IsInt(), Exclude())],
    [
      'Date.* cannot be compiled: it has no validators',
      dtoWith(
        IsInt(),
        Type(() => Date),
      ),
    ],
    [
      'Odd.a cannot be compiled: the type depends on the value',
      dtoWith(
        IsInt(),
        Type((of) => (of?.object ? Wheel : Car)),
      ),
    ],
    [
      'Odd.a cannot be compiled: a discriminator',
      dtoWith(
        IsInt(),
        Type(() => Wheel, {
          discriminator: { property: 'kind', subTypes: [{ name: 'wheel', value: Wheel }] },
        }),
      ),
    ],
    ['Odd.a cannot be compiled: @ValidateNested has no class', dtoWith(ValidateNested())],
    ['Odd.a cannot be compiled: the validator promiseValidation is not known', dtoWith(ValidatePromise())],
    ['Odd.a cannot be compiled: the validator later is asynchronous', dtoWith(Later())],
    ['Tree.child cannot be compiled: Tree contains itself', Tree],
    ['Bag.wheels cannot be compiled: only an array may be a collection', Bag],
    ['Defaulted.b cannot be compiled: it has a default, but no validator', Defaulted],
    ['Computed.a cannot be compiled: its prototype has the same name', Computed],
  ])('%s', (message, dto) => {
    // Twice, because a class that is refused must not be used the second time.
    expect(() => readIfValid(dto, {})).toThrow(message);
    expect(() => readIfValid(dto, {})).toThrow(message);
  });

  it('finds every class that has validators', () => {
    expect(compileAllDtos).toThrow('cannot be compiled');
  });
});
