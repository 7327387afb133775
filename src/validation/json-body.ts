import { type ParseError, parse as parseLeniently, printParseErrorCode } from 'jsonc-parser';
import { countNames, repeatedNames } from './repeated-names.js';
import { surrogateMistake } from './characters.js';
import { type Mistake, Problem, type ValueMistake, invalidRequest } from '../problems/problem.js';

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
export function isReservedName(name: string): boolean {
  return RESERVED_NAMES.has(name);
}

/** The most mistakes in one response: enough to correct any body, without responses of unbounded size. */
export const MAX_MISTAKES = 1000;

const MAX_KEY_IN_POINTER = 200;

/** Extends a JSON Pointer by an escaped key (RFC 6901, section 3); a very long key is cut. */
export function pointerTo(parent: string, key: string | number): string {
  return `${parent}/${String(key).slice(0, MAX_KEY_IN_POINTER).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function malformed(message: string, pointer = ''): Problem {
  return new Problem('malformed-json', {
    detail: `The body is not usable JSON: ${message}.`,
    errors: [{ pointer, code: 'syntax', message }],
  });
}

/** Finds where parsing stopped. The parser's own message is not used: it quotes the body. */
function locate(text: string): string {
  const errors: ParseError[] = [];
  try {
    parseLeniently(text, errors, { disallowComments: true });
  } catch {
    return 'it cannot be read, and nests too deeply to say where'; // the parser recurses; too deep for its stack
  }
  const [first] = errors;
  if (!first) return 'it cannot be read';
  const before = text.slice(0, first.offset).split('\n');
  const what = printParseErrorCode(first.error)
    .replaceAll(/(?<!^)([A-Z])/g, ' $1')
    .toLowerCase();
  return `${what} at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

/** What is wrong with a name that `isReservedName` finds. */
export const RESERVED: ValueMistake = { code: 'reserved-name', message: 'is not an allowed name' };

const INEXACT: ValueMistake = {
  code: 'out-of-range',
  message: 'is too large a number to be kept exactly; send it as a string',
};

function tooMany(what: 'names' | 'elements'): ValueMistake {
  return {
    code: 'too-many',
    params: { max: MAX_MEMBERS },
    message: `must hold at most ${MAX_MEMBERS} ${what}`,
  };
}

/** Returns what is wrong with a primitive value of any field. */
function mistakeIn(value: unknown): ValueMistake | undefined {
  if (typeof value === 'string') return surrogateMistake(value);
  if (typeof value !== 'number') return undefined;
  const isExact = Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
  return isExact ? undefined : INEXACT;
}

/** Finds values that no request may contain. It builds a pointer only for a mistake, because bodies have millions of values. */
class BodyCheck {
  readonly mistakes: Mistake[] = [];
  /** How many names all objects have together. */
  nameCount = 0;
  private readonly path: (string | number)[] = [];

  /** Recursion is safe, because the depth is limited. */
  visit(value: unknown): void {
    if (typeof value !== 'object' || value === null) {
      const mistake = mistakeIn(value);
      if (mistake) this.note(mistake);
      return;
    }
    if (this.path.length >= MAX_JSON_DEPTH) {
      throw malformed(`it nests deeper than ${MAX_JSON_DEPTH} levels`, this.pointer());
    }
    if (Array.isArray(value)) return this.visitList(value);
    const names = Object.keys(value);
    if (names.length > MAX_MEMBERS) return this.note(tooMany('names'));
    this.nameCount += names.length;
    for (const name of names) {
      if (this.mistakes.length >= MAX_MISTAKES) return;
      this.path.push(name);
      if (isReservedName(name)) this.note(RESERVED);
      this.visit((value as Record<string, unknown>)[name]);
      this.path.pop();
    }
  }

  private visitList(list: readonly unknown[]): void {
    if (list.length > MAX_MEMBERS) return this.note(tooMany('elements'));
    for (let index = 0; index < list.length; index += 1) {
      if (this.mistakes.length >= MAX_MISTAKES) return;
      this.path.push(index);
      this.visit(list[index]);
      this.path.pop();
    }
  }

  private note(mistake: ValueMistake): void {
    this.mistakes.push({ pointer: this.pointer(), ...mistake });
  }

  private pointer(): string {
    return this.path.reduce<string>(pointerTo, '');
  }
}

function repetition(text: string): Problem {
  const paths = repeatedNames(text, MAX_MISTAKES);
  return invalidRequest(
    paths.map((path) => ({
      pointer: path.reduce<string>(pointerTo, ''),
      code: 'repeated-name',
      message: 'is in the object twice',
    })),
  );
}

/**
 * Reads a body: JSON in UTF-8 of limited depth and width, without reserved or repeated names, and without numbers that JavaScript cannot
 * represent exactly.
 *
 * @throws Problem `malformed-json` or `invalid-request`, pointing at the mistake and quoting nothing
 */
export function readJsonBody(body: Buffer): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw malformed('it is not UTF-8');
  }
  if (text.trim() === '') throw malformed('it is empty');
  let document: unknown;
  try {
    document = JSON.parse(text) as unknown;
  } catch {
    throw malformed(locate(text));
  }
  const check = new BodyCheck();
  check.visit(document);
  if (check.mistakes.length > 0) throw invalidRequest(check.mistakes);
  if (countNames(body) > check.nameCount) throw repetition(text);
  return document;
}
