import { readJsonBody } from '../../validation/json-body.js';
import { type Mistake, Problem } from '../../problems/problem.js';
import { LINE_TOO_LONG, type ReadLine } from './read-line.js';

/**
 * Reads the JSON of one line like the body of a single request.
 *
 * @param bytes undefined where they are too many
 */
export function readJsonLine(bytes: Buffer | undefined, line: number): ReadLine {
  if (!bytes) return { line, mistakes: LINE_TOO_LONG };
  try {
    return { line, value: readJsonBody(bytes) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { line, mistakes: (error.extensions.errors ?? []) as Mistake[] };
  }
}
