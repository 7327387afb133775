import { describe, expect, it, vi } from 'vitest';
import { Settings } from '../../config/settings.js';
import type { KeyedWork } from '../../writes/idempotency/transaction-keys.service.js';
import type { Queryable } from '../../database/database.js';
import type { StoredImport } from '../../records/imports.repository.js';
import { acceptedResponse } from './accepted-response.js';
import { importOptions } from './import-options.js';

const settings = (needed: 'true' | 'false'): Settings =>
  Object.assign(new Settings(), { REQUIRE_IDEMPOTENCY_KEY_FOR_POINTS: needed });
const keyed = (hasKey: boolean, keep: KeyedWork['keep'] = async () => undefined) =>
  ({ hasKey, keep }) as unknown as KeyedWork;

const ACCEPTED = {
  id: '0b8f6a52-3f0e-4d3c-9d53-2b7d5c1a9e10',
  route: { source: 'INSTORE' },
  createdAt: new Date(0),
} as unknown as StoredImport;

describe(importOptions.name, () => {
  it.each<[boolean, 'true' | 'false', boolean]>([
    [true, 'true', true],
    [true, 'false', true],
    [false, 'true', false],
    [false, 'false', true],
  ])('permits points with a key, or if no key is required (%s, %s)', (hasKey, needed, expected) => {
    expect(importOptions(keyed(hasKey), settings(needed)).mayCreditPoints).toBe(expected);
  });

  it('limits open imports to IMPORT_MAX_OPEN', () => {
    const { maxOpen } = importOptions(keyed(true), Object.assign(settings('true'), { IMPORT_MAX_OPEN: 7 }));
    expect(maxOpen).toBe(7);
  });

  it('stores the response in the transaction that accepts the import', async () => {
    const keep = vi.fn<KeyedWork['keep']>();
    const tx = {} as Queryable;
    const created = { accepted: ACCEPTED, mistakes: [] };
    await importOptions(keyed(true, keep), settings('true')).onAccepted(tx, created);
    expect(keep).toHaveBeenCalledExactlyOnceWith(tx, acceptedResponse(created, settings('true')));
    expect(acceptedResponse(created, settings('true'))).toMatchObject({
      status: 202,
      headers: { Location: `/v1/imports/${ACCEPTED.id}` },
    });
  });
});
