import type { IncomingHttpHeaders } from 'node:http';
import { refusal } from './issues.ts';
import type { Refusal } from './issues.ts';
import type { Attribution } from './journal.ts';
import { unknownTill } from './organization.ts';

const entityTypes = new Set([
  'TILL',
  'STORE_CODE',
  'STORE_NAME',
  'STORE_EXTERNAL_ID',
  'STORE_EXTERNAL_ID_1',
  'STORE_EXTERNAL_ID_2',
]);

export function readAttribution(headers: IncomingHttpHeaders): Attribution {
  const entityType = headers['x-cap-api-attribution-entity-type'];
  const entityCode = headers['x-cap-api-attribution-entity-code'];
  return { entityType: entityType?.toString() ?? null, entityCode: entityCode?.toString() ?? null };
}

export function refuseAttribution(headers: IncomingHttpHeaders): Refusal | null {
  const { entityType, entityCode } = readAttribution(headers);
  if (entityType !== null && !entityTypes.has(entityType))
    return refusal(400, 1061, 'Invalid attribution entity type');
  if ((entityType === null) !== (entityCode === null))
    return refusal(400, 1062, 'Attribution needs both entity type and entity code');
  if (entityCode === unknownTill) return refusal(400, 91021, 'Invalid till for attribution');
  return null;
}
