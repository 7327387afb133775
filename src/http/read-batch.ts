import type { ClassConstructor } from 'class-transformer';
import { MAX_MISTAKES, pointerTo } from './json-body.js';
import { invalidRequest } from './problem.js';
import { type Validated, validateAs } from './validate.js';

/**
 * Reads the elements of a batch one by one.
 *
 * @param list where the elements stand in the body, as `customers`
 * @throws ProblemException `invalid-request` with the mistakes of all elements, unless invalid ones are to be skipped
 */
export function readBatch<T extends object>(
  dto: ClassConstructor<T>,
  elements: readonly unknown[],
  list: string,
  onInvalid: 'reject' | 'skip' = 'reject',
): Validated<T>[] {
  const read = elements.map((element, index) => validateAs(dto, element, pointerTo(`/${list}`, index)));
  const mistakes = read.flatMap((one) => ('mistakes' in one ? one.mistakes : []));
  if (onInvalid === 'reject' && mistakes.length > 0) throw invalidRequest(mistakes.slice(0, MAX_MISTAKES));
  return read;
}
