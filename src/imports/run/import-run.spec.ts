import { describe, expect, it } from 'vitest';
import type { DeliveryService } from '../../delivery/delivery.service.js';
import type { Outcome } from '../../delivery/outcome.js';
import type { Update } from '../../delivery/update.js';
import type { CreditsRepository } from '../../records/credits.repository.js';
import type { ImportChunksRepository, NextChunk } from '../../records/import-chunks.repository.js';
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

const chunk = (number: number): NonNullable<NextChunk['chunk']> => ({
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

/** Offers these chunks one after the other, and then none. Submitted updates wait until `finish` is called. */
function setUp(offered: number[]) {
  const claimed: number[] = [];
  const submitted: Update[] = [];
  const sent = Promise.withResolvers<void>();
  const allOffered = Promise.withResolvers<void>();
  const work: Pick<ImportChunksRepository, 'next' | 'claim' | 'note'> = {
    next: async () => {
      const number = offered.shift();
      if (number !== undefined) return { state: 'running', isLeft: true, chunk: chunk(number) };
      allOffered.resolve();
      return { state: 'running', isLeft: false };
    },
    claim: async (_held, { number }) => {
      claimed.push(number);
      return 'claimed';
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

  it('does not claim a chunk again while its lines still wait in delivery, even after its lease has expired', async () => {
    const { claimed, ran, allOffered, finish } = setUp([1, 1, 2, 1]);
    await allOffered;
    finish();
    await ran;
    expect(claimed).toEqual([1, 2]);
  });
});
