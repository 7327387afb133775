import { describe, expect, it, vi } from 'vitest';
import { Settings } from '../config/settings.js';
import type { Turn } from '../idempotency/transaction-keys.service.js';
import type { Queryable } from '../storage/database.js';
import type { StoredImport } from '../storage/imports.repository.js';
import { answerAccepted } from './answer-accepted.js';
import { makingOf } from './making.js';

const settings = (needed: 'true' | 'false'): Settings =>
  Object.assign(new Settings(), { REQUIRE_IDEMPOTENCY_KEY_FOR_POINTS: needed });
const turn = (hasKey: boolean, keep: Turn['keep'] = async () => undefined) =>
  ({ hasKey, keep }) as unknown as Turn;

const SEALED = {
  id: '0b8f6a52-3f0e-4d3c-9d53-2b7d5c1a9e10',
  route: { source: 'INSTORE' },
  createdAt: new Date(0),
} as unknown as StoredImport;

describe(makingOf.name, () => {
  it.each<[boolean, 'true' | 'false', boolean]>([
    [true, 'true', true],
    [true, 'false', true],
    [false, 'true', false],
    [false, 'false', true],
  ])('lets points be credited with a key, or where none is needed (%s, %s)', (hasKey, needed, expected) => {
    expect(makingOf(turn(hasKey), settings(needed)).mayCreditPoints).toBe(expected);
  });

  it('lets as many imports be open as the settings say', () => {
    const { mostOpen } = makingOf(turn(true), Object.assign(settings('true'), { IMPORT_MAX_OPEN: 7 }));
    expect(mostOpen).toBe(7);
  });

  it('keeps the answer by the transaction that seals the import', async () => {
    const keep = vi.fn<Turn['keep']>();
    const tx = {} as Queryable;
    await makingOf(turn(true, keep), settings('true')).also(tx, SEALED);
    expect(keep).toHaveBeenCalledExactlyOnceWith(tx, answerAccepted(SEALED));
    expect(answerAccepted(SEALED)).toMatchObject({
      status: 202,
      headers: { Location: `/v1/imports/${SEALED.id}` },
    });
  });
});
