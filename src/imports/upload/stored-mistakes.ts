import type { NotAdmitted } from '../../writes/to-outcome-dto.js';
import { notLetInResult } from '../results/line-result.js';

/** Lines of an import whose mistakes are kept, and the characters that these may take in all. */
const MOST_LINES = 1000;
const MOST_CHARACTERS = 2_000_000;

const WITHOUT_MISTAKES: Readonly<Record<NotAdmitted['outcome'], string>> = {
  invalid: 'is not valid, and was not sent',
  outside: 'is outside of what the key or token may do, and was not sent',
};

/** What is stored of a line whose mistakes are not kept. */
function briefly(outcome: NotAdmitted['outcome']): string {
  return JSON.stringify({ brief: outcome });
}

/** What is told of such a line; the same of each. */
function inFull(outcome: NotAdmitted['outcome']): string {
  const message = `${WITHOUT_MISTAKES[outcome]}; the mistakes of at most ${MOST_LINES} lines are kept`;
  return notLetInResult(0, { outcome, mistakes: [{ message }] }).result;
}

const BRIEF: ReadonlyMap<string, string> = new Map(
  (['invalid', 'outside'] as const).map((outcome) => [briefly(outcome), inFull(outcome)]),
);

/** What is told of a line, by what is stored of it. */
export function readStored(result: string): string {
  return BRIEF.get(result) ?? result;
}

/**
 * What is stored of the lines of one import that are not let in: all mistakes of the first ones, and of the others only
 * that they were not. Else a few bytes of an upload would take thousands of them here.
 */
export class ToldMistakes {
  private lineCount = 0;
  private characterCount = 0;

  resultOf(line: number, notLetIn: NotAdmitted): string {
    const { result } = notLetInResult(line, notLetIn);
    const hasRoom = this.lineCount < MOST_LINES && this.characterCount + result.length <= MOST_CHARACTERS;
    if (!hasRoom) return briefly(notLetIn.outcome);
    this.lineCount += 1;
    this.characterCount += result.length;
    return result;
  }
}
