import type { Route } from '../../delivery/update.js';
import { judgeUpdate } from '../../security/check-bounds.js';
import type { Bounds } from '../../security/principal.js';
import type { ImportKind } from '../../records/imports.repository.js';
import { LINE_KINDS } from '../import-kinds.js';
import type { JudgeLine } from './validate-lines.js';

/** What a line counts of the points of a day; where they are not bounded, none is translated for it. */
export function countLines(
  kind: ImportKind,
  route: Route,
  { maxPointsPerDay }: Bounds,
): (dto: unknown) => number {
  if (maxPointsPerDay === undefined) return () => 0;
  const { translate } = LINE_KINDS[kind];
  return (dto) => translate(dto, route).points ?? 0;
}

/** Judges the lines of an import by what its principal may do; where that is no matter, none is translated for it. */
export function judgeLines(kind: ImportKind, route: Route, bounds: Bounds): JudgeLine {
  const { programmes, maxPointsPerEnrollment } = bounds;
  if (!programmes && maxPointsPerEnrollment === undefined) return () => [];
  const { translate } = LINE_KINDS[kind];
  return (dto) => judgeUpdate(translate(dto, route), bounds);
}
