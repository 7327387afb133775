import { type ClassConstructor, TransformationType } from 'class-transformer';
import { defaultMetadataStorage as transformers } from 'class-transformer/cjs/storage.js';
import { type ValidationArguments, ValidationTypes, getMetadataStorage } from 'class-validator';

/** Reads a plain value; returns `UNSURE` if only class-transformer and class-validator know what becomes of it. */
type Read = (given: unknown) => unknown;

/** Whether a value of a property is certainly valid. */
type Accept = (value: unknown, holder: object) => boolean;

interface Property {
  readonly read: Read;
  readonly accept: Accept;
}

interface CompiledDto {
  readonly read: Read;
  readonly accept: (instance: object) => boolean;
}

type ValidatorMetadata = ReturnType<
  ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']
>[number];

/** A class, and the classes that contain it. */
type Path = readonly [ClassConstructor<object>, ...ClassConstructor<object>[]];

const UNSURE = Symbol('unsure');

function refuse(dto: ClassConstructor<object>, property: string, what: string): never {
  throw new TypeError(`${dto.name}.${property} cannot be compiled: ${what}`);
}

/** Copies a value without a class, as class-transformer does, which would drop names that every object has. */
const readPlain: Read = (given) => {
  if (typeof given !== 'object' || given === null) return given;
  if (Array.isArray(given)) return readList(given, readPlain);
  if (Object.getPrototypeOf(given) !== Object.prototype) return UNSURE;
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(given)) {
    if (name in Object.prototype) return UNSURE;
    const value = readPlain((given as Record<string, unknown>)[name]);
    if (value === UNSURE) return UNSURE;
    copy[name] = value;
  }
  return copy;
};

function readList(given: readonly unknown[], read: Read): unknown {
  const list: unknown[] = [];
  for (const element of given) {
    const value = read(element);
    if (value === UNSURE) return UNSURE;
    list.push(value);
  }
  return list;
}

const readNumber: Read = (given) => {
  if (given === null || given === undefined) return given;
  return typeof given === 'object' ? UNSURE : Number(given);
};

function readInstance({ read }: CompiledDto): Read {
  return (given) => {
    if (typeof given !== 'object' || given === null) return given;
    return Array.isArray(given) ? readList(given, read) : read(given);
  };
}

/** Compiles what `@Type` says about a property; there is nothing else that changes a value. */
function compileType(path: Path, property: string): { readonly read: Read; readonly nested?: CompiledDto } {
  const [dto] = path;
  if (transformers.findTransformMetadatas(dto, property, TransformationType.PLAIN_TO_CLASS).length > 0) {
    refuse(dto, property, '@Transform is not known');
  }
  // Without a type; the declarations of the package leave this out.
  const metadata = transformers.findTypeMetadata(dto, property) as
    ReturnType<typeof transformers.findTypeMetadata> | undefined;
  if (!metadata) return { read: readPlain };
  const { typeFunction, options, reflectedType } = metadata;
  if (typeFunction.length > 0) refuse(dto, property, 'the type depends on the value');
  if (options.discriminator) refuse(dto, property, 'a discriminator is not known');
  const list = reflectedType?.prototype as object | undefined;
  if (list && reflectedType !== Array && ['push', 'add', 'set'].some((method) => method in list)) {
    refuse(dto, property, 'only an array may be a collection');
  }
  const type = typeFunction() as ClassConstructor<object>;
  if ((type as unknown) === Number) return { read: readNumber };
  if (path.includes(type)) refuse(dto, property, `${type.name} contains itself`);
  const nested = compile([type, ...path]);
  return { read: readInstance(nested), nested };
}

/** Calls the validators of class-validator themselves, in its order, so that this cannot decide otherwise. */
function compileValidator(dto: ClassConstructor<object>, metadata: ValidatorMetadata): Accept[] {
  const { propertyName: property, constraints, each, validateIf } = metadata;
  const found = getMetadataStorage().getTargetValidatorConstraints(metadata.constraintCls);
  return found.map(({ instance, async, name }) => {
    if (async) refuse(dto, property, `the validator ${name} is asynchronous`);
    const contextOf = (value: unknown, object: object): ValidationArguments => ({
      targetName: dto.name,
      property,
      object,
      value,
      constraints,
    });
    const accept: Accept = (value, object) => instance.validate(value, contextOf(value, object)) === true;
    if (!each && !validateIf) return accept;
    return (value, object) => {
      if (validateIf && !validateIf(object, value)) return true;
      if (!each || !Array.isArray(value)) return accept(value, object);
      const context = contextOf(value, object);
      return value.every((element) => instance.validate(element, context) === true);
    };
  });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function acceptNested({ accept }: CompiledDto): Accept {
  return (value) => {
    if (!Array.isArray(value)) return isObject(value) && accept(value);
    for (const element of value) if (!isObject(element) || !accept(element)) return false;
    return true;
  };
}

function compileProperty(path: Path, name: string, validators: readonly ValidatorMetadata[]): Property {
  const [dto] = path;
  const { read, nested } = compileType(path, name);
  const conditions: Accept[] = [];
  const own: Accept[] = [];
  const below: Accept[] = [];
  for (const metadata of validators) {
    switch (metadata.type) {
      case ValidationTypes.CONDITIONAL_VALIDATION: {
        const condition = metadata.constraints[0] as (holder: object, value: unknown) => boolean;
        conditions.push((value, holder) => condition(holder, value));
        break;
      }
      case ValidationTypes.CUSTOM_VALIDATION:
        own.push(...compileValidator(dto, metadata));
        break;
      case ValidationTypes.NESTED_VALIDATION:
        if (!nested) refuse(dto, name, '@ValidateNested has no class in @Type');
        below.push(acceptNested(nested));
        break;
      case ValidationTypes.WHITELIST:
        break;
      default:
        refuse(dto, name, `the validator ${metadata.type} is not known`);
    }
  }
  const checks = [...own, ...below];
  const accept: Accept = (value, holder) => {
    for (const condition of conditions) if (!condition(value, holder)) return true;
    for (const check of checks) if (!check(value, holder)) return false;
    return true;
  };
  return { read, accept };
}

function compileProperties(path: Path): ReadonlyMap<string, Property> {
  const [dto] = path;
  const storage = getMetadataStorage();
  const byName = storage.groupByPropertyName(storage.getTargetValidationMetadatas(dto, '', false, false));
  const names = Object.keys(byName);
  if (names.length === 0) refuse(dto, '*', 'it has no validators');
  const [changed] = [...transformers.getExposedMetadatas(dto), ...transformers.getExcludedMetadatas(dto)];
  if (changed) refuse(dto, changed.propertyName ?? '*', '@Expose and @Exclude are not known');
  const unchecked = Object.keys(new dto()).find((name) => !names.includes(name));
  if (unchecked !== undefined) refuse(dto, unchecked, 'it has a default, but no validator');
  const inherited = names.find((name) => name in dto.prototype);
  if (inherited !== undefined) refuse(dto, inherited, 'its prototype has the same name');
  return new Map(names.map((name) => [name, compileProperty(path, name, byName[name] ?? [])]));
}

const compiled = new Map<ClassConstructor<object>, CompiledDto>();

function compile(path: Path): CompiledDto {
  const [dto] = path;
  const known = compiled.get(dto);
  if (known) return known;
  const properties = compileProperties(path);
  const entries = [...properties];
  const result: CompiledDto = {
    read: (given) => {
      if (!isObject(given)) return given;
      if (Object.getPrototypeOf(given) !== Object.prototype) return UNSURE;
      const instance = new dto() as Record<string, unknown>;
      for (const name of Object.keys(given)) {
        const property = properties.get(name);
        if (!property) return UNSURE;
        const value = property.read((given as Record<string, unknown>)[name]);
        if (value === UNSURE) return UNSURE;
        instance[name] = value;
      }
      return instance;
    },
    accept: (instance) => {
      for (const [name, { accept }] of entries) {
        if (!accept((instance as Record<string, unknown>)[name], instance)) return false;
      }
      return true;
    },
  };
  compiled.set(dto, result);
  return result;
}

/**
 * Reads a plain value by the decorators of a DTO class, compiled once. It decides only what is certainly valid.
 *
 * @param given an object from JSON or a query
 * @returns the instance that class-transformer would make; undefined if class-validator has to decide
 * @throws TypeError naming a property with a decorator that is not known
 */
export function readIfValid<T extends object>(dto: ClassConstructor<T>, given: object): T | undefined {
  const { read, accept } = compile([dto]);
  const instance = read(given);
  return instance !== UNSURE && accept(instance as T) ? (instance as T) : undefined;
}

/**
 * Compiles every class that has validators. It is called at start, so that a decorator that is not known stops the service
 * rather than a request.
 *
 * @throws TypeError naming a property with a decorator that is not known
 */
export function compileAllDtos(): void {
  // class-validator has no public list of its classes.
  const { validationMetadatas } = getMetadataStorage() as unknown as {
    readonly validationMetadatas: ReadonlyMap<ClassConstructor<object>, unknown>;
  };
  for (const dto of validationMetadatas.keys()) compile([dto]);
}
