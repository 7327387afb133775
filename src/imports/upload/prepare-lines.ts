import { setImmediate as turnOfOthers } from 'node:timers/promises';
import { type Preparation, type PreparedUpdate, prepareUpdate } from '../../writes/prepare-update.js';
import type { UpdateKind } from '../../writes/update-kind.js';
import type { ReadLine } from './read-line.js';

/** A line as an update, or why it cannot be sent. */
export type PreparedLine = { readonly line: number } & PreparedUpdate;

/** How long lines are prepared before other work of the process gets its turn; one line may take longer. */
const TURN_MS = 10;

/** A clock, and a way to let other work of the process run. */
export interface Turns {
  readonly now: () => number;
  readonly pass: () => Promise<unknown>;
}

const TURNS: Turns = { now: () => performance.now(), pass: () => turnOfOthers() };

/** Prepares each line like the body of a request for one update. */
export async function* prepareLines(
  lines: AsyncIterable<ReadLine>,
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
    if ('mistakes' in one) yield { ...one, outcome: 'invalid' };
    else yield { line: one.line, ...prepareUpdate(kind, one.value, preparation) };
  }
}
