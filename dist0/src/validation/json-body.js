import { parse as parseLeniently, printParseErrorCode } from 'jsonc-parser';
import { Problem, invalidRequest } from '../problems/problem.js';
/** Our requests have 5 levels; more than this is an attack or a mistake. */
export const MAX_JSON_DEPTH = 32;
/**
 * The most elements of a list and names of an object: a batch has 1,000 updates, and everything else is far smaller. It
 * is checked first, because the time of class-transformer grows with the square of the number of names.
 */
export const MAX_MEMBERS = 1000;
/** Enough for 1,000 updates of a few KB each. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** Names that every object has (prototype pollution): a careless copy changes all objects, a careful one drops them. */
const RESERVED_NAMES = new Set([...Object.getOwnPropertyNames(Object.prototype), 'prototype']);
/** Whether a field or parameter must not have this name, because class-transformer silently drops it. */
export function isReservedName(name) {
    return RESERVED_NAMES.has(name);
}
/** The most mistakes in one response: enough to correct any body, without responses of unbounded size. */
export const MAX_MISTAKES = 1000;
const MAX_KEY_IN_POINTER = 200;
/** Extends a JSON Pointer by an escaped key (RFC 6901, section 3); a very long key is cut. */
export function pointerTo(parent, key) {
    return `${parent}/${String(key).slice(0, MAX_KEY_IN_POINTER).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
function malformed(message, pointer = '') {
    return new Problem('malformed-json', {
        detail: `The body is not usable JSON: ${message}.`,
        errors: [{ pointer, message }],
    });
}
/** Finds where parsing stopped. The parser's own message is not used: it quotes the body. */
function locate(text) {
    const errors = [];
    try {
        parseLeniently(text, errors, { disallowComments: true });
    }
    catch {
        return 'it cannot be read, and nests too deeply to say where'; // the parser recurses; too deep for its stack
    }
    const [first] = errors;
    if (!first)
        return 'it cannot be read';
    const before = text.slice(0, first.offset).split('\n');
    const what = printParseErrorCode(first.error)
        .replaceAll(/(?<!^)([A-Z])/g, ' $1')
        .toLowerCase();
    return `${what} at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}
/** Returns what is wrong with a primitive value of any field. */
function mistakeIn(value) {
    if (typeof value === 'string')
        return value.isWellFormed() ? undefined : 'must be well-formed Unicode';
    if (typeof value !== 'number')
        return undefined;
    const isExact = Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
    return isExact ? undefined : 'is too large a number to be kept exactly; send it as a string';
}
/** Finds values that no request may contain. It builds a pointer only for a mistake, because bodies have millions of values. */
class BodyCheck {
    mistakes = [];
    path = [];
    /** Recursion is safe, because the depth is limited. */
    visit(value) {
        if (typeof value !== 'object' || value === null) {
            const message = mistakeIn(value);
            if (message !== undefined)
                this.note(message);
            return;
        }
        if (this.path.length >= MAX_JSON_DEPTH) {
            throw malformed(`it nests deeper than ${MAX_JSON_DEPTH} levels`, this.pointer());
        }
        if (Array.isArray(value))
            return this.visitList(value);
        const names = Object.keys(value);
        if (names.length > MAX_MEMBERS)
            return this.note(`must hold at most ${MAX_MEMBERS} names`);
        for (const name of names) {
            if (this.mistakes.length >= MAX_MISTAKES)
                return;
            this.path.push(name);
            if (isReservedName(name))
                this.note('is not an allowed name');
            this.visit(value[name]);
            this.path.pop();
        }
    }
    visitList(list) {
        if (list.length > MAX_MEMBERS)
            return this.note(`must hold at most ${MAX_MEMBERS} elements`);
        for (let index = 0; index < list.length; index += 1) {
            if (this.mistakes.length >= MAX_MISTAKES)
                return;
            this.path.push(index);
            this.visit(list[index]);
            this.path.pop();
        }
    }
    note(message) {
        this.mistakes.push({ pointer: this.pointer(), message });
    }
    pointer() {
        return this.path.reduce(pointerTo, '');
    }
}
/**
 * Reads a body: JSON in UTF-8 of limited depth and width, without reserved names, and without numbers that JavaScript cannot
 * represent exactly.
 *
 * @throws Problem `malformed-json` or `invalid-request`, pointing at the mistake and quoting nothing
 */
export function readJsonBody(body) {
    let text;
    try {
        text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    }
    catch {
        throw malformed('it is not UTF-8');
    }
    if (text.trim() === '')
        throw malformed('it is empty');
    let document;
    try {
        document = JSON.parse(text);
    }
    catch {
        throw malformed(locate(text));
    }
    const check = new BodyCheck();
    check.visit(document);
    if (check.mistakes.length > 0)
        throw invalidRequest(check.mistakes);
    return document;
}
//# sourceMappingURL=json-body.js.map