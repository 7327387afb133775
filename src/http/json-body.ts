import { type ParseError, parse as parseLeniently, printParseErrorCode } from 'jsonc-parser';
import { type Mistake, ProblemException, invalidRequest } from './problem.js';

/** Our requests nest 5 deep; more than this is an attack or a mistake. */
export const MAX_JSON_DEPTH = 32;

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

function malformed(message: string, pointer = ''): ProblemException {
  return new ProblemException('malformed-json', `The body is not usable JSON: ${message}.`, {
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

/** Walks the whole document without recursion, as its depth is not known yet. */
function check(document: unknown): Mistake[] {
  const mistakes: Mistake[] = [];
  const open: { value: unknown; pointer: string; depth: number }[] = [
    { value: document, pointer: '', depth: 0 },
  ];
  for (let next = open.pop(); next && mistakes.length < MAX_MISTAKES; next = open.pop()) {
    const { value, pointer, depth } = next;
    if (typeof value === 'string') {
      if (!value.isWellFormed()) mistakes.push({ pointer, message: 'must be well-formed Unicode' });
    } else if (typeof value === 'number') {
      if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
        mistakes.push({ pointer, message: 'is too large a number to be kept exactly; send it as a string' });
      }
    } else if (typeof value === 'object' && value !== null) {
      if (depth >= MAX_JSON_DEPTH) throw malformed(`it nests deeper than ${MAX_JSON_DEPTH} levels`, pointer);
      for (const [key, child] of Object.entries(value)) {
        const childPointer = pointerTo(pointer, key);
        if (isReservedName(key)) mistakes.push({ pointer: childPointer, message: 'is not an allowed name' });
        open.push({ value: child, pointer: childPointer, depth: depth + 1 });
      }
    }
  }
  return mistakes;
}

/**
 * Reads a body: UTF-8, JSON, of bounded depth, without names that all objects have and without values that JSON cannot
 * hold exactly.
 *
 * @throws ProblemException `malformed-json` or `invalid-request`, pointing at the mistake and quoting nothing
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
  const mistakes = check(document);
  if (mistakes.length > 0) throw invalidRequest(mistakes);
  return document;
}
