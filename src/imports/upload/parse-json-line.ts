import { readJsonBody } from '../../validation/json-body.js';
import { type Mistake, Problem } from '../../problems/problem.js';
import { LINE_TOO_LONG, type UploadLine } from './upload-line.js';

/**
 * Parses the JSON of one line like the body of a single request.
 *
 * @param bytes undefined if the line is too long
 */
export function parseJsonLine(bytes: Buffer | undefined, line: number): UploadLine {
  if (!bytes) return { line, mistakes: LINE_TOO_LONG };
  try {
    return { line, value: readJsonBody(bytes) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { line, mistakes: (error.extensions.errors ?? []) as Mistake[] };
  }
}
