import type { Mistake } from '../../problems/problem.js';

/** One line of an upload: what it holds, or why it holds nothing usable. */
export type ReadLine = { readonly line: number } & (
  { readonly value: unknown } | { readonly mistakes: readonly Mistake[] }
);

/** Our bound: a thousand children with all their fields stay below. */
export const MAX_LINE_BYTES = 1024 * 1024;

export const LINE_TOO_LONG: readonly Mistake[] = [
  { pointer: '', message: `the line is over the limit of ${MAX_LINE_BYTES} bytes` },
];
