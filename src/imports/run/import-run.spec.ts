import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { DeliveryService } from '../../delivery/delivery.service.js';
import type { Outcome } from '../../delivery/outcome.js';
import type { Update } from '../../delivery/update.js';
import type { CreditsRepository } from '../../records/credits.repository.js';
import type { FreeChunk, ImportChunksRepository } from '../../records/import-chunks.repository.js';
import type { TakenImport } from '../../records/imports.repository.js';
import { ImportRun } from './import-run.js';

const TAKEN: TakenImport = {
  id: 'i',
  holder: 'h',
  principal: 'api-key:app',
  kind: 'enrollments',
  route: { source: 'INSTORE' },
  isRefused: false,
};

const UPDATED: Outcome = {
  outcome: 'updated',
  updateId: 'u',
  identifiers: [],
  warnings: [],
  children: [],
  attempts: 1,
  callIds: [],
};

const chunk = (number: number): FreeChunk => ({
  number,
  revision: 0,
  items: [
    {
      line: number,
      dto: {
        identifiers: [{ type: 'mobile', value: `91990000000${number}` }],
        programs: [{ programId: 1, loyaltyPoints: 5 }],
      },
    },
  ],
});

/** Offers these chunks, up to `atOnce` of them each time, and then none. Submitted updates wait until `finish` is called. */
function setUp(offered: number[], atOnce = 1) {
  const claimed: number[] = [];
  const submitted: Update[] = [];
  const sent = Promise.withResolvers<void>();
  const allOffered = Promise.withResolvers<void>();
  const work: Pick<ImportChunksRepository, 'next' | 'claim' | 'note'> = {
    next: async (_id, limit) => {
      const numbers = offered.splice(0, Math.min(limit, atOnce));
      if (numbers.length > 0) return { state: 'running', isLeft: true, chunks: numbers.map(chunk) };
      allOffered.resolve();
      return { state: 'running', isLeft: false, chunks: [] };
    },
    claim: async (_held, wanted) => {
      claimed.push(...wanted.map(({ number }) => number));
      return wanted.map(() => 'claimed');
    },
    note: async () => undefined,
  };
  const delivery: Pick<DeliveryService, 'submit'> = {
    submit: async (updates) => {
      submitted.push(...updates);
      await sent.promise;
      return updates.map(() => UPDATED);
    },
  };
  const credits: Pick<CreditsRepository, 'statesOf'> = { statesOf: async () => new Map() };
  const dependencies = {
    work: work as ImportChunksRepository,
    delivery: delivery as DeliveryService,
    credits: credits as CreditsRepository,
    maxAttempts: 8,
    trace: (_facts: unknown, deliver: () => Promise<void>) => deliver(),
    wait: async () => undefined,
  };
  const ran = new ImportRun(dependencies, TAKEN, new AbortController().signal).run();
  return { claimed, submitted, ran, allOffered: allOffered.promise, finish: () => sent.resolve() };
}

describe(ImportRun.name, () => {
  it('submits points under the lease of their chunk', async () => {
    const { submitted, ran, finish } = setUp([7]);
    finish();
    await ran;
    expect(submitted.map(({ credit }) => credit?.lease)).toEqual([{ importId: 'i', number: 7, holder: 'h' }]);
  });

  it('claims several chunks at once, and has at most 8 in delivery', async () => {
    const numbers = Array.from({ length: 11 }, (_, index) => index + 1);
    const { claimed, submitted, ran, finish } = setUp([...numbers], 3);
    // Far more turns of the event loop than it needs.
    for (let turn = 0; turn < 200; turn += 1) await nextTurn(); // oxlint-disable-line no-await-in-loop -- turn by turn
    expect(claimed).toEqual(numbers.slice(0, 8));
    expect(submitted.map(({ credit }) => credit?.id)).toEqual(
      numbers.slice(0, 8).map((line) => `import:i:${line}`),
    );
    finish();
    await ran;
    expect(claimed).toEqual(numbers);
  });

  it('does not claim a chunk again while its lines still wait in delivery, even after its lease has expired', async () => {
    const { claimed, ran, allOffered, finish } = setUp([1, 1, 2, 1]);
    await allOffered;
    finish();
    await ran;
    expect(claimed).toEqual([1, 2]);
  });
});
