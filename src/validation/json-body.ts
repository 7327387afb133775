import { type ParseError, parse as parseLeniently, printParseErrorCode } from 'jsonc-parser';
import { type Mistake, Problem, invalidRequest } from '../problems/problem.js';

/** Our requests nest 5 deep; more than this is an attack or a mistake. */
export const MAX_JSON_DEPTH = 32;

/**
 * Most elements of a list and names of an object: a batch has 1,000 updates, and nothing else comes near. Before
 * anything else, as class-transformer takes time with the square of the names.
 */
export const MAX_MEMBERS = 1000;

/** 1,000 updates with a few KB each. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** Names that each object has already: a careless copy changes the prototype of all, a careful one drops them. */
const RESERVED_NAMES = new Set([...Object.getOwnPropertyNames(Object.prototype), 'prototype']);

/** Nobody may use such a name, be it of a field or of a parameter: class-transformer leaves it out in silence. */
export function isReservedName(name: string): boolean {
  return RESERVED_NAMES.has(name);
}

/** Most mistakes told at once: enough to mend any body, without answers of unbounded size. */
export const MAX_MISTAKES = 1000;

const MAX_KEY_IN_POINTER = 200;

/** Extends a JSON Pointer by a key, escaped (RFC 6901, section 3), and cut where a name of megabytes was sent. */
export function pointerTo(parent: string, key: string | number): string {
  return `${parent}/${String(key).slice(0, MAX_KEY_IN_POINTER).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function malformed(message: string, pointer = ''): Problem {
  return new Problem('malformed-json', {
    detail: `The body is not usable JSON: ${message}.`,
    errors: [{ pointer, message }],
  });
}

/** Finds where reading stopped. The parser's own message is not used: it quotes the body. */
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

/** What is wrong with a value, whatever it is for, where it is no object. */
function mistakeIn(value: unknown): string | undefined {
  if (typeof value === 'string') return value.isWellFormed() ? undefined : 'must be well-formed Unicode';
  if (typeof value !== 'number') return undefined;
  const isExact = Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
  return isExact ? undefined : 'is too large a number to be kept exactly; send it as a string';
}

/** Finds what no request of ours may hold. A path becomes a pointer only where there is a mistake: bodies have millions of values. */
class BodyCheck {
  readonly mistakes: Mistake[] = [];
  private readonly path: string[] = [];

  /** As deep as is allowed, so that recursion is safe. */
  visit(value: unknown): void {
    if (typeof value !== 'object' || value === null) {
      const message = mistakeIn(value);
      if (message !== undefined) this.note(message);
      return;
    }
    if (this.path.length >= MAX_JSON_DEPTH) {
      throw malformed(`it nests deeper than ${MAX_JSON_DEPTH} levels`, this.pointer());
    }
    const names = Object.keys(value);
    if (names.length > MAX_MEMBERS) {
      this.note(`must hold at most ${MAX_MEMBERS} ${Array.isArray(value) ? 'elements' : 'names'}`);
      return;
    }
    for (const name of names) {
      if (this.mistakes.length >= MAX_MISTAKES) return;
      this.path.push(name);
      if (isReservedName(name)) this.note('is not an allowed name');
      this.visit((value as Record<string, unknown>)[name]);
      this.path.pop();
    }
  }

  private note(message: string): void {
    this.mistakes.push({ pointer: this.pointer(), message });
  }

  private pointer(): string {
    return this.path.reduce(pointerTo, '');
  }
}

/**
 * Reads a body: UTF-8, JSON, of bounded depth and width, without names that all objects have and without values that JSON cannot
 * hold exactly.
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
  return document;
}
