import { describe, expect, it } from 'vitest';
import type { ExplanationDto, StepDto } from '../../writes/dto/explanation.dto.js';
import { nameLane, summarizeLanes } from './summarize-lanes.js';

const anUpdate = (source: string, steps: StepDto[], outcome?: string): ExplanationDto => ({
  id: Math.random().toString(36),
  submittedAt: '2026-11-29T15:00:00.000Z',
  priority: 'interactive',
  lane: { source, kind: 'customer' },
  steps,
  ...(outcome !== undefined && { outcome }),
});
const sent = (callId: string, itemCount: number, afterMs: number): StepDto => ({
  afterMs,
  event: 'sent',
  callId,
  itemCount,
});

describe(summarizeLanes.name, () => {
  it('counts a call once, however many of its updates are listed, and lists the busiest lane first', () => {
    const lanes = summarizeLanes([
      anUpdate('LINE', []),
      anUpdate('INSTORE', [sent('a', 10, 5)], 'updated'),
      anUpdate('INSTORE', [sent('a', 10, 7), sent('b', 2, 900)], 'updated'),
    ]);
    expect(lanes).toEqual([
      { name: 'INSTORE (customer)', pending: 0, updates: 2, calls: 2, perCall: 6, waitMs: 7 },
      { name: 'LINE (customer)', pending: 1, updates: 1, calls: 0, perCall: 0, waitMs: 0 },
    ]);
  });

  it('has nothing to list without updates', () => {
    expect(summarizeLanes([])).toEqual([]);
  });
});

it('names a lane by all that its updates share', () => {
  const lane = {
    source: 'WECHAT',
    accountId: 'CM',
    attributionType: 'TILL',
    attributionCode: 't1',
    kind: 'association',
  };
  expect(nameLane(lane)).toBe('WECHAT · CM · TILL t1 (association)');
});
