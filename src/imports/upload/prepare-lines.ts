import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { type Preparation, type PreparedUpdate, prepareUpdate } from '../../writes/prepare-update.js';
import type { UpdateKind } from '../../writes/update-kind.js';
import { locateMistakes, withCellMistakes } from './locate-mistakes.js';
import type { UploadLine } from './upload-line.js';

/** A line with its update, or with the reason why it cannot be sent. */
export type PreparedLine = Pick<UploadLine, 'line' | 'cells'> & PreparedUpdate;

/** How long lines are prepared before the event loop serves other work. A single line may take longer. */
const TURN_MS = 10;

/** A clock, and a way to let the event loop serve other work. */
export interface Turns {
  readonly now: () => number;
  readonly pass: () => Promise<unknown>;
}

const TURNS: Turns = { now: () => performance.now(), pass: () => yieldToOthers() };

/** Prepares each line like the body of a request for one update. */
export async function* prepareLines(
  lines: AsyncIterable<UploadLine>,
  kind: UpdateKind,
  preparation: Preparation,
  { now, pass }: Turns = TURNS,
): AsyncGenerator<PreparedLine> {
  let turnEndsAt = now() + TURN_MS;
  for await (const one of lines) {
    if (now() >= turnEndsAt) {
      await pass();
      turnEndsAt = now() + TURN_MS;
    }
    const { line, cells } = one;
    const row = { line, ...(cells && { cells }) };
    if ('mistakes' in one) yield { ...row, outcome: 'invalid', mistakes: locateMistakes(one.mistakes, one) };
    else yield { ...row, ...withCellMistakes(prepareUpdate(kind, one.value, preparation), one) };
  }
}
