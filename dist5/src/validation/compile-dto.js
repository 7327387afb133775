import { TransformationType } from 'class-transformer';
import { defaultMetadataStorage as transformers } from 'class-transformer/cjs/storage.js';
import { ValidationTypes, getMetadataStorage } from 'class-validator';
const UNSURE = Symbol('unsure');
function refuse(dto, property, what) {
    throw new TypeError(`${dto.name}.${property} cannot be compiled: ${what}`);
}
/** Copies a value without a class, as class-transformer does, which would drop names that every object has. */
const readPlain = (given) => {
    if (typeof given !== 'object' || given === null)
        return given;
    if (Array.isArray(given))
        return readList(given, readPlain);
    if (Object.getPrototypeOf(given) !== Object.prototype)
        return UNSURE;
    const copy = {};
    for (const name of Object.keys(given)) {
        if (name in Object.prototype)
            return UNSURE;
        const value = readPlain(given[name]);
        if (value === UNSURE)
            return UNSURE;
        copy[name] = value;
    }
    return copy;
};
function readList(given, read) {
    const list = [];
    for (const element of given) {
        const value = read(element);
        if (value === UNSURE)
            return UNSURE;
        list.push(value);
    }
    return list;
}
const readNumber = (given) => {
    if (given === null || given === undefined)
        return given;
    return typeof given === 'object' ? UNSURE : Number(given);
};
function readInstance({ read }) {
    return (given) => {
        if (typeof given !== 'object' || given === null)
            return given;
        return Array.isArray(given) ? readList(given, read) : read(given);
    };
}
/** Compiles what `@Type` says about a property; there is nothing else that changes a value. */
function compileType(path, property) {
    const [dto] = path;
    if (transformers.findTransformMetadatas(dto, property, TransformationType.PLAIN_TO_CLASS).length > 0) {
        refuse(dto, property, '@Transform is not known');
    }
    // Without a type; the declarations of the package leave this out.
    const metadata = transformers.findTypeMetadata(dto, property);
    if (!metadata)
        return { read: readPlain };
    const { typeFunction, options, reflectedType } = metadata;
    if (typeFunction.length > 0)
        refuse(dto, property, 'the type depends on the value');
    if (options.discriminator)
        refuse(dto, property, 'a discriminator is not known');
    const list = reflectedType?.prototype;
    if (list && reflectedType !== Array && ['push', 'add', 'set'].some((method) => method in list)) {
        refuse(dto, property, 'only an array may be a collection');
    }
    const type = typeFunction();
    if (type === Number)
        return { read: readNumber };
    if (path.includes(type))
        refuse(dto, property, `${type.name} contains itself`);
    const nested = compile([type, ...path]);
    return { read: readInstance(nested), nested };
}
/** Calls the validators of class-validator themselves, in its order, so that this cannot decide otherwise. */
function compileValidator(dto, metadata) {
    const { propertyName: property, constraints, each, validateIf } = metadata;
    const found = getMetadataStorage().getTargetValidatorConstraints(metadata.constraintCls);
    return found.map(({ instance, async, name }) => {
        if (async)
            refuse(dto, property, `the validator ${name} is asynchronous`);
        return (value, object) => {
            if (validateIf && !validateIf(object, value))
                return true;
            const context = { targetName: dto.name, property, object, value, constraints };
            return each && Array.isArray(value)
                ? value.every((element) => instance.validate(element, context) === true)
                : instance.validate(value, context) === true;
        };
    });
}
function isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
function acceptNested({ accept }) {
    const acceptOne = (value) => isObject(value) && accept(value);
    return (value) => (Array.isArray(value) ? value.every(acceptOne) : acceptOne(value));
}
function compileProperty(path, name, validators) {
    const [dto] = path;
    const { read, nested } = compileType(path, name);
    const conditions = [];
    const own = [];
    const below = [];
    for (const metadata of validators) {
        switch (metadata.type) {
            case ValidationTypes.CONDITIONAL_VALIDATION: {
                const condition = metadata.constraints[0];
                conditions.push((value, holder) => condition(holder, value));
                break;
            }
            case ValidationTypes.CUSTOM_VALIDATION:
                own.push(...compileValidator(dto, metadata));
                break;
            case ValidationTypes.NESTED_VALIDATION:
                if (!nested)
                    refuse(dto, name, '@ValidateNested has no class in @Type');
                below.push(acceptNested(nested));
                break;
            case ValidationTypes.WHITELIST:
                break;
            default:
                refuse(dto, name, `the validator ${metadata.type} is not known`);
        }
    }
    const checks = [...own, ...below];
    const accept = (value, holder) => {
        for (const condition of conditions)
            if (!condition(value, holder))
                return true;
        for (const check of checks)
            if (!check(value, holder))
                return false;
        return true;
    };
    return { read, accept };
}
function compileProperties(path) {
    const [dto] = path;
    const storage = getMetadataStorage();
    const byName = storage.groupByPropertyName(storage.getTargetValidationMetadatas(dto, '', false, false));
    const names = Object.keys(byName);
    if (names.length === 0)
        refuse(dto, '*', 'it has no validators');
    const [changed] = [...transformers.getExposedMetadatas(dto), ...transformers.getExcludedMetadatas(dto)];
    if (changed)
        refuse(dto, changed.propertyName ?? '*', '@Expose and @Exclude are not known');
    const unchecked = Object.keys(new dto()).find((name) => !names.includes(name));
    if (unchecked !== undefined)
        refuse(dto, unchecked, 'it has a default, but no validator');
    const inherited = names.find((name) => name in dto.prototype);
    if (inherited !== undefined)
        refuse(dto, inherited, 'its prototype has the same name');
    return new Map(names.map((name) => [name, compileProperty(path, name, byName[name] ?? [])]));
}
const compiled = new Map();
function compile(path) {
    const [dto] = path;
    const known = compiled.get(dto);
    if (known)
        return known;
    const properties = compileProperties(path);
    const entries = [...properties];
    const result = {
        read: (given) => {
            if (!isObject(given))
                return given;
            if (Object.getPrototypeOf(given) !== Object.prototype)
                return UNSURE;
            const instance = new dto();
            for (const name of Object.keys(given)) {
                const property = properties.get(name);
                if (!property)
                    return UNSURE;
                const value = property.read(given[name]);
                if (value === UNSURE)
                    return UNSURE;
                instance[name] = value;
            }
            return instance;
        },
        accept: (instance) => {
            for (const [name, { accept }] of entries) {
                if (!accept(instance[name], instance))
                    return false;
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
export function readIfValid(dto, given) {
    const { read, accept } = compile([dto]);
    const instance = read(given);
    return instance !== UNSURE && accept(instance) ? instance : undefined;
}
/**
 * Compiles every class that has validators. It is called at start, so that a decorator that is not known stops the service
 * rather than a request.
 *
 * @throws TypeError naming a property with a decorator that is not known
 */
export function compileAllDtos() {
    // class-validator has no public list of its classes.
    const { validationMetadatas } = getMetadataStorage();
    for (const dto of validationMetadatas.keys())
        compile([dto]);
}
//# sourceMappingURL=compile-dto.js.map