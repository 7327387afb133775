import { describe, expect, it } from 'vitest';
import type { EventLog } from '../observability/event-log.js';
import { CallBudget } from './call-budget.js';
import { CallQuota } from './call-quota.js';
import type { SharedBudget } from './shared-budget.js';

const MINUTE = 60_000;

/** @param sharedWaitMs what the shared budget answers to each call */
function aQuota({ callsPerMinute = 1, sharedWaitMs = 0 } = {}) {
  const ended: [callId: string, wasMade: boolean][] = [];
  const events: [event: string, facts: unknown][] = [];
  const shared = {
    take: async () => sharedWaitMs,
    end: (callId: string, wasMade = true) => void ended.push([callId, wasMade]),
  };
  const log = { write: (_level: string, event: string, facts: unknown) => void events.push([event, facts]) };
  const quota = new CallQuota(
    new CallBudget(callsPerMinute),
    shared as unknown as SharedBudget,
    log as unknown as EventLog,
  );
  return { quota, ended, events };
}

describe(CallQuota.name, () => {
  it('counts a call in both budgets until it ends', async () => {
    const { quota, ended } = aQuota();
    quota.take(0);
    expect(await quota.takeShared('a')).toBe(0);
    quota.end('a', 500);
    expect(ended).toEqual([['a', true]]);
    expect(quota.nextAt(500, 'reserved')).toBe(500 + MINUTE);
  });

  it('gives a call that never left back to both budgets', async () => {
    const { quota, ended } = aQuota();
    quota.take(0);
    await quota.takeShared('a');
    quota.giveBack('a');
    expect(ended).toEqual([['a', false]]);
    expect(quota.nextAt(500, 'reserved')).toBe(500);
  });

  it('gives nothing back to the shared budget that it did not take there', async () => {
    const { quota, ended } = aQuota({ sharedWaitMs: 700 });
    quota.take(0);
    expect(await quota.takeShared('a')).toBe(700);
    quota.giveBack('a');
    expect(ended).toEqual([]);
  });

  it('learns the pace from a 429, and logs it', () => {
    const { quota, events } = aQuota({ callsPerMinute: 300 });
    quota.refused('a', 2000, 0);
    expect(quota.nextAt(0, 'reserved')).toBe(2000);
    expect(events).toEqual([['pace.learned', { callId: 'a', callsPerMinute: 30, waitMs: 2000 }]]);
  });

  it('logs the faster pace that it tries a minute later', () => {
    const { quota, events } = aQuota({ callsPerMinute: 300 });
    quota.refused('a', 2000, 0);
    quota.accepted(MINUTE - 1);
    quota.accepted(MINUTE);
    expect(events.slice(1)).toEqual([['pace.probed', { callsPerMinute: 37 }]]);
  });
});
