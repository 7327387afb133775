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
const SETTINGS = { UPSTREAM_CALLS_PER_MINUTE: 300, UPSTREAM_MAX_BATCH: 100 };
const NOW = new Date('2026-01-01T10:02:00Z');

describe(toImportDto.name, () => {
  it('computes how many lines a minute were settled since it began, and when it will end', () => {
    expect(toImportDto(RUNNING, SETTINGS, NOW)).toMatchObject({
      waiting: 600,
      firstWaitingLine: 401,
      calls: 4,
      rate: 150,
      estimatedEnd: '2026-01-01T10:06:00.000Z',
    });
  });

  it.each([
    ['a quarter of the minute left at once', 0, {}, 26],
    ['the rate is slower than the calls', 90, {}, 472],
    ['there is no limit', 0, { UPSTREAM_CALLS_PER_MINUTE: 0 }, 0],
    ['one call a minute may be made, and none is kept for others', 0, { UPSTREAM_CALLS_PER_MINUTE: 1 }, 210],
    ['calls have fewer lines than they may, as some were made again', 0, { calls: 90 }, 59],
    ['no call was counted yet', 0, { calls: 0 }, 26],
    ['invalid lines need no call', 0, { rejected: 1000, invalid: 1000, total: 26_000 }, 26],
    ['calls of associations have fewer lines', 0, { kind: 'associations', calls: 0 }, 262],
  ])('takes the calls per minute into account where %s', (_case, afterMinutes, change, expected) => {
    const { UPSTREAM_CALLS_PER_MINUTE = 10, ...changed } = change as Partial<StoredImport> & {
      UPSTREAM_CALLS_PER_MINUTE?: number;
    };
    const goingSince = new Date(NOW.getTime() - afterMinutes * 60_000);
    const begun = {
      ...RUNNING,
      goingSince,
      updated: 4000,
      rejected: 0,
      failed: 0,
      unknown: 0,
      settledBefore: 0,
    };
    const found = { ...begun, total: 25_000, calls: 40, ...changed } as StoredImport;
    const settings = {
      UPSTREAM_CALLS_PER_MINUTE,
      UPSTREAM_MAX_BATCH: 100,
      UPSTREAM_MAX_BATCH_ASSOCIATIONS: 10,
    };
    const { estimatedEnd = '' } = toImportDto(found, settings, NOW);
    const minutes = (Date.parse(estimatedEnd) - NOW.getTime()) / 60_000;
    expect(Math.floor(minutes)).toBe(expected);
  });

  it('computes the rate of an ended import from the time that it took', () => {
    const ended = { ...RUNNING, state: 'completed', finishedAt: NOW, firstWaitingLine: null } as const;
    const dto = toImportDto(ended, SETTINGS, new Date('2027-01-01'));
    expect(dto).toMatchObject({ rate: 150 });
    expect(dto).not.toHaveProperty('estimatedEnd');
    expect(dto).not.toHaveProperty('firstWaitingLine');
  });

  it.each([
    ['has not begun', { state: 'queued', goingSince: null, settledBefore: 0 } as const],
    ['is paused', { state: 'paused' } as const],
  ])('has no rate if the import %s', (_case, change) => {
    expect(toImportDto({ ...RUNNING, ...change }, SETTINGS, NOW)).not.toHaveProperty('rate');
  });

  it('has no estimate if no line was settled, or the end is beyond a year', () => {
    expect(toImportDto({ ...RUNNING, settledBefore: 400 }, SETTINGS, NOW)).not.toHaveProperty('estimatedEnd');
    const endless = { ...RUNNING, total: 100_000_000_000, settledBefore: 399 };
    expect(toImportDto(endless, SETTINGS, NOW)).not.toHaveProperty('estimatedEnd');
  });
});
