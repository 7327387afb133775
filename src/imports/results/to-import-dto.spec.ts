import { describe, expect, it } from 'vitest';
import type { StoredImport } from '../../records/imports.repository.js';
import { toImportDto } from './to-import-dto.js';

const RUNNING: StoredImport = {
  id: 'i',
  principal: 'api-key:app',
  kind: 'customers',
  route: { source: 'INSTORE' },
  onInvalid: 'skip',
  state: 'running',
  retryOf: null,
  retriedBy: null,
  waitingFor: null,
  sent: 3,
  lineCount: 1000,
  total: 1000,
  invalid: 0,
  updated: 300,
  rejected: 60,
  failed: 30,
  unknown: 10,
  calls: 4,
  firstWaitingLine: 401,
  goingSince: new Date('2026-01-01T10:00:00Z'),
  settledBefore: 100,
  version: 9,
  createdAt: new Date('2026-01-01T09:00:00Z'),
  finishedAt: null,
  emptiedAt: null,
};
const NOW = new Date('2026-01-01T10:02:00Z');

describe(toImportDto.name, () => {
  it('computes how many lines a minute were settled since it began, and when it will end', () => {
    expect(toImportDto(RUNNING, NOW)).toMatchObject({
      waiting: 600,
      firstWaitingLine: 401,
      calls: 4,
      rate: 150,
      estimatedEnd: '2026-01-01T10:06:00.000Z',
    });
  });

  it('computes the rate of an ended import from the time that it took', () => {
    const ended = { ...RUNNING, state: 'completed', finishedAt: NOW, firstWaitingLine: null } as const;
    const dto = toImportDto(ended, new Date('2027-01-01'));
    expect(dto).toMatchObject({ rate: 150 });
    expect(dto).not.toHaveProperty('estimatedEnd');
    expect(dto).not.toHaveProperty('firstWaitingLine');
  });

  it.each([
    ['has not begun', { state: 'queued', goingSince: null, settledBefore: 0 } as const],
    ['is paused', { state: 'paused' } as const],
  ])('has no rate if the import %s', (_case, change) => {
    expect(toImportDto({ ...RUNNING, ...change }, NOW)).not.toHaveProperty('rate');
  });

  it('has no estimate if no line was settled, or the end is beyond a year', () => {
    expect(toImportDto({ ...RUNNING, settledBefore: 400 }, NOW)).not.toHaveProperty('estimatedEnd');
    const endless = { ...RUNNING, total: 100_000_000_000, settledBefore: 399 };
    expect(toImportDto(endless, NOW)).not.toHaveProperty('estimatedEnd');
  });
});
