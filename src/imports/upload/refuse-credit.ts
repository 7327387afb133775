import type { Route } from '../../delivery/update.js';
import { keyRequired } from '../../writes/idempotency/idempotency-problems.js';
import { KEY_HEADER } from '../../writes/idempotency/read-key.js';
import type { ImportItem } from '../../records/import-rows.repository.js';
import type { ImportKind } from '../../records/imports.repository.js';
import { LINE_KINDS } from '../import-kinds.js';

/** @throws ProblemException `idempotency-key-required`, naming the line, where it credits points */
export function refuseCredit(
  { line, dto }: ImportItem,
  { kind, route }: { readonly kind: ImportKind; readonly route: Route },
): void {
  const { points } = LINE_KINDS[kind].translate(dto, route);
  if (points === undefined) return;
  throw keyRequired([
    { header: KEY_HEADER, message: `is needed where points are credited, as by line ${line}` },
  ]);
}
