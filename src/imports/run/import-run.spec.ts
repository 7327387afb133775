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

/** Shows the next of these chunks at each look, and then that none is left. What is submitted waits until it is let go. */
function setUp(shown: number[]) {
  const claimed: number[] = [];
  const submitted: Update[] = [];
  const sent = Promise.withResolvers<void>();
  const allShown = Promise.withResolvers<void>();
  const work: Pick<ImportChunksRepository, 'next' | 'claim' | 'note'> = {
    next: async () => {
      const number = shown.shift();
      if (number !== undefined) return { state: 'running', isLeft: true, chunk: chunk(number) };
      allShown.resolve();
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
  const needs = {
    work: work as ImportChunksRepository,
    delivery: delivery as DeliveryService,
    credits: credits as CreditsRepository,
    wait: async () => undefined,
  };
  const worked = new ImportRun(needs, TAKEN, new AbortController().signal).workOff();
  return { claimed, submitted, worked, allShown: allShown.promise, letGo: () => sent.resolve() };
}

describe(ImportRun.name, () => {
  it('submits points under the lease of their chunk', async () => {
    const { submitted, worked, letGo } = setUp([7]);
    letGo();
    await worked;
    expect(submitted.map(({ credit }) => credit?.lease)).toEqual([{ importId: 'i', number: 7, holder: 'h' }]);
  });

  it('claims no chunk once more whose lines still wait in delivery, though its lease has ended', async () => {
    const { claimed, worked, allShown, letGo } = setUp([1, 1, 2, 1]);
    await allShown;
    letGo();
    await worked;
    expect(claimed).toEqual([1, 2]);
  });
});
