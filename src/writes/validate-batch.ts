import type { ClassConstructor } from 'class-transformer';
import { MAX_MISTAKES, pointerTo } from '../validation/json-body.js';
import { invalidRequest } from '../problems/problem.js';
import { type Validated, validateAs } from '../validation/validate-as.js';

/** An element that has its outcome already, and is not read. */
interface Done {
  readonly isDone: true;
}

/** Where the elements stand, and what is done about them. */
export interface Reading {
  /** As `customers`. */
  readonly list: string;
  readonly onInvalid?: 'reject' | 'skip' | undefined;
  readonly isDone: (index: number) => boolean;
}

/**
 * Reads the elements of a batch one by one.
 *
 * @throws ProblemException `invalid-request` with the mistakes of all elements, unless invalid ones are to be skipped
 */
export function readBatch<T extends object>(
  dto: ClassConstructor<T>,
  elements: readonly unknown[],
  { list, onInvalid = 'reject', isDone }: Reading,
): (Validated<T> | Done)[] {
  const read = elements.map((element, index) =>
    isDone(index) ? { isDone: true as const } : validateAs(dto, element, pointerTo(`/${list}`, index)),
  );
  const mistakes = read.flatMap((one) => ('mistakes' in one ? one.mistakes : []));
  if (onInvalid === 'reject' && mistakes.length > 0) throw invalidRequest(mistakes.slice(0, MAX_MISTAKES));
  return read;
}
