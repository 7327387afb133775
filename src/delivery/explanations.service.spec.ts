import { describe, expect, it, vi } from 'vitest';
import { Settings } from '../config/settings.js';
import { DatabaseUnavailable } from '../database/database-errors.js';
import type { ExplanationRow, ExplanationsRepository } from '../records/explanations.repository.js';
import type { Explanation } from './explanation.js';
import { toRows } from './explanation-rows.js';
import type { ExplanationWriter } from './explanation-writer.service.js';
import { type ExplanationFilter, ExplanationsService } from './explanations.service.js';

const now = Date.now();

const anExplanation = (id: string, others: Partial<Explanation> = {}): Explanation => ({
  id,
  submittedAt: new Date(now),
  priority: 'interactive',
  principal: 'api-key:app',
  requestId: 'order-1',
  lane: { source: 'INSTORE', kind: 'customer' },
  steps: [
    { afterMs: 2, event: 'answered', callId: 'call-1', upstreamRequestId: 'vendor-1' },
    { afterMs: 3, event: 'settled', outcome: 'updated' },
  ],
  ...others,
});

const at = (id: string, ms: number): Explanation => anExplanation(id, { submittedAt: new Date(now + ms) });

/** Creates the service with explanations in memory and in the database, the latest last. */
function create(inMemory: readonly Explanation[], stored: readonly Explanation[] = []) {
  const rows = (): ExplanationRow[] => toRows(stored).toReversed();
  const repository = {
    find: vi.fn<ExplanationsRepository['find']>(async () => rows()),
    latest: vi.fn<ExplanationsRepository['latest']>(async () => rows()),
  };
  const service = new ExplanationsService(
    repository as unknown as ExplanationsRepository,
    { add: () => undefined } as unknown as ExplanationWriter,
    new Settings(),
  );
  for (const one of inMemory) service.add(one);
  const find = async (others: Partial<ExplanationFilter> = {}) => {
    const { explanations, hasMore, isComplete } = await service.find({
      owner: undefined,
      limit: 10,
      ...others,
    });
    return { ids: explanations.map(({ id }) => id), hasMore, isComplete };
  };
  const lose = (): void => {
    repository.find.mockRejectedValue(new DatabaseUnavailable('it is lost'));
    repository.latest.mockRejectedValue(new DatabaseUnavailable('it is lost'));
  };
  return { service, repository, find, lose };
}

describe(ExplanationsService.name, () => {
  it('finds an update in memory by its id, without the database', async () => {
    const { find, repository } = create([anExplanation('a'), anExplanation('b')]);
    expect(await find({ id: 'a' })).toEqual({ ids: ['a'], hasMore: false, isComplete: true });
    expect(repository.find).not.toHaveBeenCalled();
  });

  it.each(['order-1', 'call-1', 'vendor-1'])(
    'finds updates by another id in memory and in the database, each once: %s',
    async (id) => {
      const other = anExplanation('x', { requestId: 'order-2', steps: [] });
      const { find } = create(
        [anExplanation('a'), anExplanation('b'), other],
        [anExplanation('b'), anExplanation('c')],
      );
      expect(new Set((await find({ id })).ids)).toEqual(new Set(['a', 'b', 'c']));
    },
  );

  it('finds the lines of an import', async () => {
    const { find } = create([anExplanation('a', { importId: 'import-1' }), anExplanation('b')]);
    expect((await find({ id: 'import-1' })).ids).toEqual(['a']);
  });

  it('finds one update of a row that it shares', async () => {
    const { find } = create([], [anExplanation('a'), anExplanation('b')]);
    expect((await find({ id: 'b' })).ids).toEqual(['b']);
  });

  it('takes the latest row of an update', async () => {
    const late = anExplanation('a', { steps: [{ afterMs: 1, event: 'settled', outcome: 'unknown' }] });
    const { service } = create([], [anExplanation('a'), late]);
    const { explanations } = await service.find({ id: 'a', owner: undefined, limit: 10 });
    expect(explanations).toEqual([late]);
  });

  it('lists the latest first, up to the limit', async () => {
    const { find } = create([at('b', 2), at('d', 4)], [at('a', 1), at('c', 3)]);
    expect(await find()).toEqual({ ids: ['d', 'c', 'b', 'a'], hasMore: false, isComplete: true });
    expect(await find({ limit: 3 })).toEqual({ ids: ['d', 'c', 'b'], hasMore: true, isComplete: true });
  });

  it('shows in memory only what the caller owns, has the outcome, and is not expired', async () => {
    const old = new Date(now - new Settings().EXPLANATION_RETENTION_MS - 60_000);
    const { find } = create([
      anExplanation('own'),
      anExplanation('other', { principal: 'api-key:other' }),
      anExplanation('none', { principal: undefined }),
      anExplanation('old', { submittedAt: old }),
      anExplanation('open', { steps: [] }),
    ]);
    expect((await find({ owner: 'api-key:app' })).ids).toEqual(['open', 'own']);
    expect((await find({ owner: 'api-key:app', outcome: 'updated' })).ids).toEqual(['own']);
    expect((await find({ outcome: 'failed' })).ids).toEqual([]);
    for (const id of ['other', 'none', 'old']) {
      // oxlint-disable-next-line no-await-in-loop -- three short questions; the first wrong answer ends the test
      expect((await find({ owner: 'api-key:app', id })).ids).toEqual([]);
    }
  });

  it('does without a lost database where it can', async () => {
    const { find, lose } = create([anExplanation('a')]);
    lose();
    expect(await find()).toEqual({ ids: ['a'], hasMore: false, isComplete: false });
    expect(await find({ id: 'order-1' })).toEqual({ ids: ['a'], hasMore: false, isComplete: false });
    expect(await find({ id: 'a' })).toMatchObject({ ids: ['a'], isComplete: true });
    await expect(find({ id: 'unknown' })).rejects.toThrow(DatabaseUnavailable);
  });
});
