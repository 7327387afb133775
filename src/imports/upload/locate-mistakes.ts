import type { Mistake } from '../../problems/problem.js';
import type { PreparedUpdate } from '../../writes/prepare-update.js';
import { describeShape } from './describe-shape.js';
import type { UploadLine } from './upload-line.js';

function valueAt(value: unknown, pointer: string): unknown {
  let at = value;
  for (const escaped of pointer.split('/').slice(1)) {
    const word = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, word)) return undefined;
    at = (at as Record<string, unknown>)[word];
  }
  return at;
}

/** Adds where each mistake is in the file, and what was found there without its value. */
export function locateMistakes(mistakes: readonly Mistake[], uploaded: UploadLine): Mistake[] {
  const { line, csv } = uploaded;
  return mistakes.map((mistake) => {
    const { pointer = '' } = mistake;
    const column = csv?.columnAt(pointer);
    const value = 'value' in uploaded ? valueAt(uploaded.value, pointer) : undefined;
    // A row of CSV has cells, and no objects.
    const found = csv && typeof value === 'object' ? undefined : describeShape(value);
    return {
      ...mistake,
      line,
      ...(column !== undefined && { column }),
      ...(found !== undefined && { found }),
    };
  });
}

/** Joins what is wrong with the cells of a line and with its value. A damaged cell explains the mistakes of its value. */
export function withCellMistakes(prepared: PreparedUpdate, uploaded: UploadLine): PreparedUpdate {
  const damaged = uploaded.csv?.mistakes ?? [];
  const others = 'mistakes' in prepared ? prepared.mistakes : [];
  if (damaged.length + others.length === 0) return prepared;
  const explained = new Set(damaged.map(({ pointer }) => pointer));
  const mistakes = [...damaged, ...others.filter(({ pointer }) => !explained.has(pointer))];
  const outcome = 'mistakes' in prepared && damaged.length === 0 ? prepared.outcome : 'invalid';
  return { outcome, mistakes: locateMistakes(mistakes, uploaded) };
}
