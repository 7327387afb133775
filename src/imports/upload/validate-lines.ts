import { setImmediate as turnOfOthers } from 'node:timers/promises';
import type { NotAdmitted } from '../../writes/to-outcome-dto.js';
import type { Mistake } from '../../problems/problem.js';
import { validateAs } from '../../validation/validate-as.js';
import type { LineKind } from '../import-kinds.js';
import type { ReadLine } from './read-line.js';

export type ValidatedLine = { readonly line: number } & ({ readonly dto: unknown } | NotAdmitted);

/** What of a valid line is outside of what the principal may do. */
export type JudgeLine = (dto: unknown) => readonly Mistake[];

/** How long lines are validated before others get their turn; a line alone may take longer. */
const TURN_MS = 10;

/** How time passes, and how others get their turn. */
export interface Turns {
  readonly now: () => number;
  readonly pass: () => Promise<unknown>;
}

const TURNS: Turns = { now: () => performance.now(), pass: () => turnOfOthers() };

/** Validates and judges each line like the body of a single request. */
export async function* validateLines(
  lines: AsyncIterable<ReadLine>,
  { dto }: LineKind,
  fillIn: (given: unknown) => unknown,
  judge: JudgeLine,
  { now, pass }: Turns = TURNS,
): AsyncGenerator<ValidatedLine> {
  let turnEndsAt = now() + TURN_MS;
  for await (const one of lines) {
    if (now() >= turnEndsAt) {
      await pass();
      turnEndsAt = now() + TURN_MS;
    }
    if ('mistakes' in one) yield { ...one, outcome: 'invalid' };
    else yield validateLine(one.line, fillIn(one.value), dto, judge);
  }
}

function validateLine(line: number, given: unknown, dto: LineKind['dto'], judge: JudgeLine): ValidatedLine {
  const validated = validateAs(dto, given);
  if ('mistakes' in validated) return { line, outcome: 'invalid', mistakes: validated.mistakes };
  const outside = judge(given);
  return outside.length > 0 ? { line, outcome: 'outside', mistakes: outside } : { line, dto: given };
}
