import { filledText, flag, integer, listOf, oneOf, orNull, shape } from './shape.ts';

/** What the admin API may change while the sandbox runs; README.md explains each setting. */
export interface Settings {
  maxBatch: number;
  callsPerMinute: number;
  retryAfterSeconds: number | null;
  tokenTtlSeconds: number;
  unknownCustomer: 'refuse' | 'register';
  answerForm: 'bare' | 'entity' | 'mixed';
  allFailedAs: '500-results' | '500-summary';
  overlap: '521' | 'allow';
  failedItemsEcho: boolean;
  latencyMs: number;
  maxChild: number;
  enabledFields: string[];
  enabledExtendedFields: string[];
}

const settingsPatch = shape({
  maxBatch: integer(1),
  callsPerMinute: integer(0),
  retryAfterSeconds: orNull(integer(0)),
  tokenTtlSeconds: integer(1),
  unknownCustomer: oneOf('refuse', 'register'),
  answerForm: oneOf('bare', 'entity', 'mixed'),
  allFailedAs: oneOf('500-results', '500-summary'),
  overlap: oneOf('521', 'allow'),
  failedItemsEcho: flag,
  latencyMs: integer(0, 600_000),
  maxChild: integer(0),
  enabledFields: listOf(filledText),
  enabledExtendedFields: listOf(filledText),
});

export function defaultSettings(): Settings {
  return {
    maxBatch: 100,
    callsPerMinute: 0,
    retryAfterSeconds: null,
    tokenTtlSeconds: 300,
    unknownCustomer: 'refuse',
    answerForm: 'bare',
    allFailedAs: '500-results',
    overlap: '521',
    failedItemsEcho: true,
    latencyMs: 0,
    maxChild: 30_000, // the vendor's maximum, docs/vendor-contract.md section 2
    enabledFields: ['gender', 'city', 'vehicle_type', 'favoriteStore'],
    enabledExtendedFields: ['gender', 'city', 'dob', 'custom_card_name', 'vehicle_number'],
  };
}

/** Changes the named settings and no others, or returns the mistake and changes nothing. */
export function patchSettings(settings: Settings, patch: unknown): string | null {
  const problem = settingsPatch(patch, '');
  if (problem === null) Object.assign(settings, patch);
  return problem;
}
