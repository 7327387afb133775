import { Type, plainToInstance } from 'class-transformer';
import { ValidateIf, ValidateNested, registerDecorator, validateSync, } from 'class-validator';
import { readIfValid } from './compile-dto.js';
import { MAX_MISTAKES, pointerTo } from './json-body.js';
const rules = new Map();
/**
 * Adds a rule that class-validator cannot express: it points into maps and arrays, and may read other properties. It also
 * runs if the property is absent.
 */
export function Check(rule) {
    return (target, property) => {
        const name = `rule:${target.constructor.name}.${String(property)}:${rules.size}`;
        rules.set(name, rule);
        registerDecorator({
            name,
            target: target.constructor,
            propertyName: String(property),
            validator: {
                validate: (value, context) => rule(value, context.object).length === 0,
                defaultMessage: () => 'is not valid',
            },
        });
    };
}
/** Allows a property to be absent. Unlike `IsOptional` it refuses null: the vendor documents no way to clear a field. */
export function Optional() {
    return ValidateIf((_holder, value) => value !== undefined);
}
function isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
const NO_OBJECT = 'must be an object';
const NO_ARRAY = 'must be an array';
function apply(...decorators) {
    return (target, property) => {
        for (const decorate of decorators)
            decorate(target, property);
    };
}
/** Requires an object of a DTO class. class-validator alone would also accept an array of them. */
export function Nested(dto) {
    return apply(Type(dto), ValidateNested(), Check((value) => (isObject(value) ? [] : [{ pointer: '', message: NO_OBJECT }])));
}
/** Requires a list of objects of a DTO class. class-validator alone would also accept lists of lists. */
export function NestedList(dto, bounds) {
    const { min, max, whenAbsent = NO_ARRAY } = bounds;
    return apply(Type(dto), ValidateNested({ each: true }), Check((list) => {
        if (list === undefined)
            return [{ pointer: '', message: whenAbsent }];
        if (!Array.isArray(list))
            return [{ pointer: '', message: NO_ARRAY }];
        if (list.length < min)
            return [{ pointer: '', message: `must hold at least ${min} element(s)` }];
        if (list.length > max)
            return [{ pointer: '', message: `must hold at most ${max} elements` }];
        if (list.every(isObject))
            return [];
        return list.flatMap((element, index) => isObject(element) ? [] : [{ pointer: pointerTo('', index), message: NO_OBJECT }]);
    }));
}
function mistakesAt(error, pointer) {
    const own = Object.entries(error.constraints ?? {}).flatMap(([name, message]) => {
        if (name === 'whitelistValidation')
            return [{ pointer, message: 'is not a known property' }];
        if (name === 'nestedValidation')
            return []; // the rule beside it reports this with a pointer
        const inner = rules.get(name)?.(error.value, error.target ?? {});
        if (inner)
            return inner.map((mistake) => ({ pointer: pointer + mistake.pointer, message: mistake.message }));
        return [{ pointer, message: withoutName(message, error.property) }];
    });
    const below = (error.children ?? []).flatMap((child) => mistakesAt(child, pointerTo(pointer, child.property)));
    // Mistakes inside a value of the wrong shape mean nothing.
    const shapeless = own.filter(({ message }) => message === NO_OBJECT || message === NO_ARRAY);
    const isInside = (inner) => shapeless.some(({ pointer: outer = '' }) => inner === outer || inner.startsWith(`${outer}/`));
    return [...own, ...below.filter(({ pointer: inner = '' }) => !isInside(inner))];
}
/** Removes the name of the property, which the pointer has already. */
function withoutName(message, property) {
    return message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
}
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
/** Whether a text has the format of our ids. */
export function isUuid(text) {
    return UUID.test(text);
}
/**
 * Reads a plain value as an instance of a DTO class. Unknown properties are mistakes; nothing is converted. class-validator
 * runs only for what the compiled class does not accept, as it is slower by far, and says what is wrong.
 *
 * @param pointer where the value is in the body
 */
export function validateAs(dto, given, pointer = '') {
    if (!isObject(given))
        return { mistakes: [{ pointer, message: 'must be a JSON object' }] };
    const valid = readIfValid(dto, given);
    if (valid)
        return { value: valid };
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
//# sourceMappingURL=validate-as.js.map