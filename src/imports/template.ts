import type { ImportKind } from '../records/imports.repository.js';
import { UPDATE_KINDS } from './import-kinds.js';
import { columnsOf } from './upload/kind-columns.js';

/**
 * The columns of a template beside those that are always required: what most files have, and nothing that an organization
 * has to configure first. The example of a parent must be another customer than the row itself.
 */
const PICKED: ReadonlyMap<string, string | undefined> = new Map([
  ['firstName', undefined],
  ['lastName', undefined],
  ['commChannels.<n>.type', undefined],
  ['commChannels.<n>.value', undefined],
  ['programs.<n>.programId', undefined],
  ['programs.<n>.tierNumber', undefined],
  ['programs.<n>.loyaltyPoints', undefined],
  ['programs.<n>.tierExpiryDate', undefined],
  ['programs.<n>.pointsExpiryDate', undefined],
  ['hierarchyCode', undefined],
  ['roleCode', undefined],
  ['parentCustomer.identifiers.<type>', '919900000002'],
]);

/** Writes a CSV file with a header and an example row, both made from the DTO of the kind. No cell needs quotes. */
export function writeTemplate(kind: ImportKind): string {
  const columns = columnsOf(UPDATE_KINDS[kind].dto)
    .filter(({ pattern, required }) => required === 'always' || PICKED.has(pattern))
    .toSorted(
      (one, other) =>
        Number(other.pattern === 'identifiers.<type>') - Number(one.pattern === 'identifiers.<type>'),
    );
  const header = columns.map(({ name }) => name);
  const row = columns.map(({ pattern, example }) => PICKED.get(pattern) ?? example);
  return `${header.join(',')}\r\n${row.join(',')}\r\n`;
}
