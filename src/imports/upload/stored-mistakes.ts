import { type NotAccepted, toErrorDtos } from '../../writes/to-outcome-dto.js';
import type { LineMistakesDto } from '../dto/import.dto.js';
import { notAcceptedResult } from '../results/line-result.js';

/** How many lines of an import have stored mistakes, and how many characters these have together. Our bounds. */
const MAX_LINES = 1000;
const MAX_CHARACTERS = 2_000_000;

const BRIEF_MESSAGES: Readonly<Record<NotAccepted['outcome'], string>> = {
  invalid: 'is not valid, and was not sent',
  'insufficient-scope': 'needs a scope that the key or token lacks, and was not sent',
  'out-of-bounds': 'is outside of what the key or token may do, and was not sent',
};

/** Creates the stored form of a result without its mistakes. */
function briefResult(outcome: NotAccepted['outcome']): string {
  return JSON.stringify({ brief: outcome });
}

/** Creates the result that the stored form means. All lines with the same outcome have the same result. */
function fullResult(outcome: NotAccepted['outcome']): string {
  const message = `${BRIEF_MESSAGES[outcome]}; the mistakes of at most ${MAX_LINES} lines are kept`;
  return notAcceptedResult(0, { outcome, mistakes: [{ code: 'brief', message }] }).result;
}

const BRIEF: ReadonlyMap<string, string> = new Map(
  (['invalid', 'insufficient-scope', 'out-of-bounds'] as const).map((outcome) => [
    briefResult(outcome),
    fullResult(outcome),
  ]),
);

/** Returns the result of a line from its stored form. */
export function readStoredResult(result: string): string {
  return BRIEF.get(result) ?? result;
}

/**
 * Limits the stored mistakes of one import: the first lines are stored with all mistakes, the others only with their
 * outcome. Otherwise a few bytes of an upload would need thousands of bytes in the database.
 */
export class StoredMistakes {
  /** The mistakes that are stored, to be listed in the response. */
  readonly listed: LineMistakesDto[] = [];
  private characterCount = 0;

  /** Returns the stored form of a line's result. */
  resultOf(line: number, notAccepted: NotAccepted): string {
    const { result } = notAcceptedResult(line, notAccepted);
    const hasRoom = this.listed.length < MAX_LINES && this.characterCount + result.length <= MAX_CHARACTERS;
    if (!hasRoom) return briefResult(notAccepted.outcome);
    this.listed.push({ line, errors: toErrorDtos(notAccepted) });
    this.characterCount += result.length;
    return result;
  }
}
