import type { NotAccepted } from '../../writes/to-outcome-dto.js';
import { notAcceptedResult } from '../results/line-result.js';

/** The lines of an import whose mistakes are stored, and the characters of all these mistakes. */
const MAX_LINES = 1000;
const MAX_CHARACTERS = 2_000_000;

const WITHOUT_MISTAKES: Readonly<Record<NotAccepted['outcome'], string>> = {
  invalid: 'is not valid, and was not sent',
  'out-of-bounds': 'is outside of what the key or token may do, and was not sent',
};

/** What is stored of a line without its mistakes. */
function briefly(outcome: NotAccepted['outcome']): string {
  return JSON.stringify({ brief: outcome });
}

/** The result of such a line; all such lines have the same. */
function inFull(outcome: NotAccepted['outcome']): string {
  const message = `${WITHOUT_MISTAKES[outcome]}; the mistakes of at most ${MAX_LINES} lines are kept`;
  return notAcceptedResult(0, { outcome, mistakes: [{ message }] }).result;
}

const BRIEF: ReadonlyMap<string, string> = new Map(
  (['invalid', 'out-of-bounds'] as const).map((outcome) => [briefly(outcome), inFull(outcome)]),
);

/** Reads the result of a line from what is stored. */
export function readStored(result: string): string {
  return BRIEF.get(result) ?? result;
}

/**
 * Limits what is stored of the mistaken lines of one import: all mistakes of the first lines, and only the outcome of the
 * others. Otherwise a few bytes of an upload would take thousands of bytes here.
 */
export class StoredMistakes {
  private lineCount = 0;
  private characterCount = 0;

  resultOf(line: number, mistaken: NotAccepted): string {
    const { result } = notAcceptedResult(line, mistaken);
    const hasRoom = this.lineCount < MAX_LINES && this.characterCount + result.length <= MAX_CHARACTERS;
    if (!hasRoom) return briefly(mistaken.outcome);
    this.lineCount += 1;
    this.characterCount += result.length;
    return result;
  }
}
