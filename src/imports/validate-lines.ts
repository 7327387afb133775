import { setImmediate as turnOfOthers } from 'node:timers/promises';
import type { Mistake } from '../http/problem.js';
import { validateAs } from '../http/validate.js';
import type { LineKind } from './import-kinds.js';
import type { ReadLine } from './read-line.js';

export type ValidatedLine = { readonly line: number } & (
  { readonly dto: unknown } | { readonly mistakes: readonly Mistake[] }
);

/** Lines that are validated before others get their turn. */
const AT_ONCE = 50;

/** Validates each line like the body of a single request. */
export async function* validateLines(
  lines: AsyncIterable<ReadLine>,
  { dto }: LineKind,
  fillIn: (given: unknown) => unknown,
): AsyncGenerator<ValidatedLine> {
  let count = 0;
  for await (const one of lines) {
    count += 1;
    if (count % AT_ONCE === 0) await turnOfOthers();
    if ('mistakes' in one) yield one;
    else yield validateLine(one.line, fillIn(one.value), dto);
  }
}

function validateLine(line: number, given: unknown, dto: LineKind['dto']): ValidatedLine {
  const validated = validateAs(dto, given);
  return 'mistakes' in validated ? { line, mistakes: validated.mistakes } : { line, dto: given };
}
