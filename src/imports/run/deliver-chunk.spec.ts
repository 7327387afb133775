import { describe, expect, it } from 'vitest';
import type { DeliveryService, SubmitOptions } from '../../delivery/delivery.service.js';
import type { Outcome, OutcomeReason } from '../../delivery/outcome.js';
import type { Update } from '../../delivery/update.js';
import type { CreditsRepository } from '../../records/credits.repository.js';
import type { ChunkResults, ImportChunksRepository } from '../../records/import-chunks.repository.js';
import type { TakenImport } from '../../records/imports.repository.js';
import { ChunkDelivery, type PreparedChunk, keysOf } from './deliver-chunk.js';
import { ImportProgress } from './import-progress.js';

const TAKEN: TakenImport = {
  principal: 'api-key:app',
  id: 'i',
  holder: 'h',
  kind: 'enrollments',
  route: { source: 'INSTORE' },
  isRefused: false,
};

const updated: Outcome = {
  outcome: 'updated',
  updateId: 'u',
  identifiers: [],
  warnings: [],
  children: [],
  attempts: 1,
  callIds: ['c1'],
};
const of = (...callIds: string[]): Outcome => ({ ...updated, callIds });
const failed = (reason: OutcomeReason = 'too-many-pending', retryAfterMs = 0): Outcome => ({
  outcome: 'failed',
  updateId: 'u',
  reason,
  errors: [],
  retryAfterMs,
  attempts: 0,
  callIds: [],
});

const item = (line: number, loyaltyPoints = 5) => ({
  line,
  dto: {
    identifiers: [{ type: 'mobile', value: '919900000001' }],
    programs: [{ programId: 1, loyaltyPoints }],
  },
});

/** Creates a delivery that answers each submission with the next of these outcomes. */
function setUp(
  answers: Outcome[][],
  states: Record<string, string> = {},
  /** The failed answers that delivery reports for the first line of each submission. */
  reported: number[] = [],
) {
  const submitted: Update[][] = [];
  const counts: (readonly number[])[] = [];
  const stored: ChunkResults[] = [];
  const backingOff: boolean[] = [];
  const stop = new AbortController();
  const delivery: Pick<DeliveryService, 'submit'> = {
    submit: async (updates: readonly Update[], options: SubmitOptions) => {
      expect(options).toMatchObject({ deadlineAt: Infinity, priority: 'background' });
      submitted.push([...updates]);
      counts.push(options.answerCounts ?? []);
      const count = reported.shift();
      if (count !== undefined) options.onFailure?.(0, 'customer-busy', count);
      return answers.shift() ?? [];
    },
  };
  const takenOver: string[] = [];
  const credits: Pick<CreditsRepository, 'statesOf' | 'takeOver'> = {
    takeOver: async (ids) => {
      takenOver.push(...ids);
      return new Map(ids.map((id) => [id, states[id] === 'sent' ? 'unknown' : (states[id] ?? '')]));
    },
    statesOf: async (ids) =>
      new Map(ids.flatMap((id) => (states[id] ? [[id, states[id]] as [string, string]] : []))),
  };
  const work: Pick<ImportChunksRepository, 'note'> = {
    note: async (_held, results) => void stored.push(results),
  };
  const waited: number[] = [];
  const dependencies = {
    wait: async (ms: number) => void waited.push(ms),
    delivery: delivery as DeliveryService,
    credits: credits as CreditsRepository,
    work: work as ImportChunksRepository,
    maxAttempts: 3,
  };
  const progress = new ImportProgress();
  const onBackingOff = (is: boolean): void => void backingOff.push(is);
  const chunks = new ChunkDelivery(dependencies, TAKEN, stop.signal, onBackingOff, progress);
  return { chunks, progress, counts, submitted, stored, backingOff, waited, stop, takenOver };
}

const summaryOf = (stored: readonly ChunkResults[]) =>
  stored.map(({ results, chunk }) => [results.map(({ line, outcome }) => `${line} ${outcome}`), chunk]);

async function prepare(chunks: ChunkDelivery, items: ReturnType<typeof item>[]): Promise<PreparedChunk> {
  const [prepared] = await chunks.prepare([chunks.translate({ number: 1, revision: 0, items })]);
  if (!prepared) throw new Error('the chunk was not prepared');
  return prepared;
}

describe(ChunkDelivery.name, () => {
  it.each([
    ['credited', ['1 updated'], []],
    ['sent', ['1 unknown'], []],
    ['unknown', ['1 unknown'], []],
    ['resolved', ['1 unknown'], []],
    ['not-credited', [], [1]],
    [undefined, [], [1]],
  ])('derives the result of a line from its credit in the state %s', async (state, known, sent) => {
    const { chunks } = setUp([], state === undefined ? {} : { 'import:i:1': state });
    const prepared = await prepare(chunks, [item(1)]);
    expect(prepared.known.map(({ line, outcome }) => `${line} ${outcome}`)).toEqual(known);
    expect(prepared.lines.map(({ line }) => line)).toEqual(sent);
  });

  it.each([
    ['sent', ['import:i:1']],
    ['credited', []],
    ['unknown', []],
  ])('takes over a credit in the state %s only if it was sent', async (state, expected) => {
    const { chunks, takenOver } = setUp([], { 'import:i:1': state });
    await prepare(chunks, [item(1)]);
    expect(takenOver).toEqual(expected);
  });

  it('submits synchronously, with a credit id for each line that credits points', async () => {
    const { chunks, submitted, stored } = setUp([[updated, updated]]);
    const prepared = await prepare(chunks, [item(1), item(2, 0)]);
    const delivered = chunks.deliver(prepared);
    expect(submitted[0]?.map(({ credit }) => credit?.id)).toEqual(['import:i:1', undefined]);
    await delivered;
    expect(summaryOf(stored)).toEqual([[['1 updated', '2 updated'], 'done']]);
    expect(stored[0]?.credits).toContain('import:i:1');
  });

  it('stores the results of a chunk if all are known, and submits nothing', async () => {
    const { chunks, submitted, stored } = setUp([], { 'import:i:1': 'sent' });
    await chunks.deliver(await prepare(chunks, [item(1)]));
    expect(submitted).toEqual([]);
    expect(summaryOf(stored)).toEqual([[['1 unknown'], 'done']]);
    expect(JSON.parse(stored[0]?.results[0]?.result ?? '')).toMatchObject({ creditId: 'import:i:1' });
  });

  it('stores final results, and submits the failed lines again after the demanded wait', async () => {
    const { chunks, submitted, stored, backingOff, waited } = setUp([
      [updated, failed('too-many-pending', 5000)],
      [failed()],
      [updated],
    ]);
    await chunks.deliver(await prepare(chunks, [item(1), item(2)]));
    expect(summaryOf(stored)).toEqual([
      [['1 updated'], 'held'],
      [['2 updated'], 'done'],
    ]);
    expect(submitted.map(({ length }) => length)).toEqual([2, 1, 1]);
    expect(waited).toEqual([5000, 2000]);
    expect(backingOff).toEqual([true, false, true, false]);
  });

  it('stores failed as the result of a line after as many answers about it as may fail', async () => {
    const { chunks, counts, stored, waited } = setUp(
      Array.from({ length: 9 }, () => [failed('all-refused')]),
    );
    await chunks.deliver(await prepare(chunks, [item(1)]));
    expect(counts).toEqual([[0], [1], [2]]);
    expect(waited).toEqual([1000, 2000]);
    expect(summaryOf(stored)).toEqual([[['1 failed'], 'done']]);
  });

  it('continues the count of an earlier process, and counts no answer twice that delivery counted', async () => {
    const answers = [[failed('customer-busy'), failed()], [failed('customer-busy'), updated], [failed()]];
    const { chunks, counts, stored } = setUp(answers, {}, [2, 3]);
    const prepared = await prepare(chunks, [item(1), item(2)]);
    await chunks.deliver({ ...prepared, answerCounts: { 1: 1 } });
    expect(counts).toEqual([
      [1, 0],
      [2, 0],
    ]);
    expect(summaryOf(stored)).toEqual([[['1 failed', '2 updated'], 'done']]);
    expect(stored[0]?.answerCounts).toEqual({ 1: 3 });
  });

  it.each(['upstream-misconfigured', 'credentials-refused', 'too-many-pending', 'no-verdict'] as const)(
    'lets lines wait for as long as it takes while the reason is %s',
    async (reason) => {
      const { chunks, stored, submitted, waited } = setUp([
        ...Array.from({ length: 10 }, () => [failed(reason)]),
        [of('c1')],
      ]);
      await chunks.deliver(await prepare(chunks, [item(1)]));
      expect(submitted).toHaveLength(11);
      expect([waited[0], waited.at(-1)]).toEqual([1000, 60_000]);
      expect(summaryOf(stored).at(-1)).toEqual([['1 updated'], 'done']);
    },
  );

  it('counts the lines that were in a call, and those that an earlier process sent', async () => {
    const { chunks, stored } = setUp([[updated, { ...failed('all-refused'), attempts: 0 }]], {
      'import:i:3': 'sent',
    });
    const prepared = await prepare(chunks, [item(1, 0), item(2, 0), item(3)]);
    await chunks.deliver({ ...prepared, answerCounts: { 2: 2 } });
    expect(summaryOf(stored)).toEqual([[['3 unknown', '1 updated', '2 failed'], 'done']]);
    expect(stored[0]?.sent).toBe(2);
  });

  it('stores no failure when it must stop, so that another process can send the line', async () => {
    const { chunks, stored, stop } = setUp([[updated, failed('caller-gone')]]);
    const prepared = await prepare(chunks, [item(1), item(2)]);
    stop.abort();
    await chunks.deliver(prepared);
    expect(summaryOf(stored)).toEqual([[['1 updated'], 'released']]);
  });

  it('releases a chunk without final results when it must stop', async () => {
    const { chunks, stored, stop } = setUp([[failed('caller-gone')]]);
    const prepared = await prepare(chunks, [item(1)]);
    stop.abort();
    await chunks.deliver(prepared);
    expect(summaryOf(stored)).toEqual([[[], 'released']]);
  });

  it('counts a call once, even if it carried several chunks and attempts', async () => {
    const { chunks, stored } = setUp([
      [of('c1'), of('c1', 'c2')],
      [of('c2'), of('c3')],
    ]);
    await chunks.deliver(await prepare(chunks, [item(1), item(2)]));
    await chunks.deliver(await prepare(chunks, [item(3), item(4)]));
    expect(stored.map(({ calls }) => calls)).toEqual([2, 1]);
  });
});

describe(keysOf.name, () => {
  const { chunks } = setUp([]);
  const keys = (...mobiles: string[]) =>
    keysOf(
      chunks.translate({
        number: 1,
        revision: 0,
        items: mobiles.map((value, line) => ({
          line,
          dto: { ...item(line).dto, identifiers: [{ type: 'mobile', value }] },
        })),
      }),
    );

  it('returns a common key only for chunks with a common customer', () => {
    const [first = 0, second = 0] = keys('919900000001', '919900000002');
    expect(keys('919900000002', '919900000003', '919900000003')).toHaveLength(2);
    expect(keys('919900000002', '919900000003')).toContain(second);
    expect(keys('919900000002', '919900000003')).not.toContain(first);
  });
});
