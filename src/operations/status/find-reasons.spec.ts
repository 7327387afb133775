import { describe, expect, it } from 'vitest';
import { findReasons } from './find-reasons.js';
import type { StatusFacts } from './status-facts.js';

const settings = { REQUEST_DEADLINE_MS: 10_000, MAX_PENDING_UPDATES: 1000, MAX_PENDING_BYTES: 1_000_000 };
const none = { count: 0, bytes: 0, oldestSeconds: 0 };
const size = { updates: 100, bytes: 1_000_000 };
const AT = '2026-01-01T00:00:00.000Z';

const vendor: StatusFacts['vendor'] = {
  breaker: 'closed',
  connection: 'no-fault',
  latestCall: 'no-fault',
  callMs: 100,
  credentials: 'accepted',
  callsPerMinute: 300,
  callsLeft: 300,
  nextCallInMs: 0,
  paceRefusals: 0,
  learnedCallsPerMinute: null,
  callSizes: { customer: size, association: size },
  retryCalls: 30,
};
const healthy: StatusFacts = {
  at: AT,
  instance: { id: 'one', version: '1', nodeVersion: 'v24', startedAt: AT, uptimeSeconds: 1 },
  instances: [],
  vendor,
  pending: { interactive: none, background: none },
  imports: { byState: {}, inProgress: [] },
  credits: { inDoubt: 0, oldestSeconds: 0 },
  database: { driver: 'postgres', state: 'up' },
  lost: { logLines: 0, auditEvents: 0 },
  eventLoop: { medianMs: 0, p99Ms: 500, maxMs: 900 },
  callers: [],
};
const busiest = { principal: 'api-key:job', requests: 90, ofAll: 100 };
const find = (facts: Partial<StatusFacts>, notReady: Record<string, string> = {}) =>
  findReasons({ ...healthy, ...facts }, { settings, notReady, busiest });
const reasonsOf = (facts: Partial<StatusFacts>, notReady: Record<string, string> = {}): string[] =>
  find(facts, notReady).map(({ code, state, fault }) => `${code} ${state} ${fault}`);
const detailOf = (facts: Partial<StatusFacts>): string => find(facts)[0]?.detail ?? '';
const interactive = (of: Partial<typeof none>) => ({
  pending: { interactive: { ...none, ...of }, background: none },
});
const caller = (of: object) => ({
  callers: [{ principal: 'api-key:shop', requests: 100, limited: 0, refused: 0, failed: 0, ...of }],
});
const anImport = {
  id: 'i',
  kind: 'customers',
  state: 'running',
  total: 2,
  settled: 1,
  createdAt: AT,
} as const;
const importThat = (of: object) => ({ imports: { byState: {}, inProgress: [{ ...anImport, ...of }] } });

const ROWS: [string, Partial<StatusFacts>, string[]][] = [
  ['nothing', {}, []],
  ['a database', { database: { driver: 'postgres', state: 'down' } }, ['database-down failing service']],
  ['credentials', { vendor: { ...vendor, credentials: 'refused' } }, ['credentials-refused failing service']],
  [
    'no token',
    { vendor: { ...vendor, credentials: 'unavailable' } },
    ['credentials-unavailable failing vendor'],
  ],
  [
    'a connection, which explains the token',
    { vendor: { ...vendor, credentials: 'unavailable', connection: 'certificate-expired' } },
    ['vendor-unreachable failing vendor'],
  ],
  [
    'a connection of ours',
    { vendor: { ...vendor, connection: 'unknown-authority' } },
    ['vendor-unreachable failing service'],
  ],
  ['a breaker', { vendor: { ...vendor, breaker: 'half-open' } }, ['breaker-open failing vendor']],
  [
    'a pace',
    { vendor: { ...vendor, learnedCallsPerMinute: 90, paceRefusals: 1 } },
    ['pace-lowered degraded vendor'],
  ],
  [
    'a pace that is left from 429s before',
    { vendor: { ...vendor, learnedCallsPerMinute: 90 } },
    ['pace-lowered attention vendor'],
  ],
  [
    'such a pace for which callers wait',
    {
      ...interactive({ count: 1, oldestSeconds: 2.5 }),
      vendor: { ...vendor, learnedCallsPerMinute: 90, nextCallInMs: 600 },
    },
    ['pace-lowered degraded vendor'],
  ],
  [
    'late updates',
    { ...interactive({ count: 1, oldestSeconds: 2.5 }), vendor: { ...vendor, callMs: 500 } },
    ['vendor-slow degraded vendor'],
  ],
  [
    'updates in time',
    { ...interactive({ count: 1, oldestSeconds: 2.4 }), vendor: { ...vendor, callMs: 500 } },
    [],
  ],
  [
    'late updates of a vendor that is fast',
    { ...interactive({ count: 1, oldestSeconds: 2.5 }), vendor: { ...vendor, callMs: 499 } },
    ['updates-queued degraded caller'],
  ],
  [
    'late updates that an open breaker explains',
    { ...interactive({ count: 1, oldestSeconds: 2.5 }), vendor: { ...vendor, breaker: 'open' } },
    ['breaker-open failing vendor'],
  ],
  [
    'late updates that the calls of the minute explain',
    { ...interactive({ count: 1, oldestSeconds: 9 }), vendor: { ...vendor, callsLeft: 0 } },
    ['calls-used-up degraded caller'],
  ],
  [
    'late updates that the pace over the minute explains',
    { ...interactive({ count: 1, oldestSeconds: 9 }), vendor: { ...vendor, nextCallInMs: 200 } },
    ['calls-used-up degraded caller'],
  ],
  ['a pace over the minute for which no caller waits', { vendor: { ...vendor, nextCallInMs: 200 } }, []],
  ['no limit of calls', { vendor: { ...vendor, callsLeft: null, callsPerMinute: null } }, []],
  ['a full queue', interactive({ count: 900 }), ['queue-full degraded caller']],
  ['a queue full of bytes', interactive({ count: 1, bytes: 900_000 }), ['queue-full degraded caller']],
  [
    'a busy process',
    { eventLoop: { medianMs: 60, p99Ms: 60, maxMs: 60 } },
    ['event-loop-late degraded service'],
  ],
  ['a limited caller', caller({ limited: 10 }), ['caller-limited attention caller']],
  ['a caller that was limited once', caller({ limited: 9 }), []],
  ['a refused caller', caller({ refused: 50 }), ['caller-refused attention caller']],
  ['a caller that is refused at times', caller({ refused: 49 }), []],
  [
    'an import that waits for the vendor',
    importThat({ waitingFor: 'vendor' }),
    ['imports-waiting degraded vendor'],
  ],
  ['one for us', importThat({ waitingFor: 'configuration' }), ['imports-waiting degraded service']],
  ['one for its turn', importThat({ waitingFor: 'budget' }), []],
  ['one that is paused', importThat({ waitingFor: 'vendor', state: 'paused' }), []],
  ['credits', { credits: { inDoubt: 2, oldestSeconds: 5 } }, ['credits-in-doubt attention service']],
  ['lost lines', { lost: { logLines: 1, auditEvents: 0 } }, ['log-lines-lost attention service']],
  ['lost events', { lost: { logLines: 0, auditEvents: 1 } }, ['audit-events-lost attention service']],
  [
    'an instance that is missing',
    {
      instances: [
        { id: 'two', version: '1', startedAt: AT, lastSeenAt: AT, isMissing: true, isThis: false },
        { id: 'one', version: '1', startedAt: AT, lastSeenAt: AT, isMissing: false, isThis: true },
      ],
    },
    ['instance-missing attention service'],
  ],
];

describe(findReasons, () => {
  it.each(ROWS)('finds the fault: %s', (_what, facts, reasons) => expect(reasonsOf(facts)).toEqual(reasons));

  it('knows what is not ready', () => {
    expect(reasonsOf({}, { audit: 'x' })).toEqual(['audit-not-written degraded service']);
    expect(reasonsOf({}, { service: 'x' })).toEqual(['shutting-down degraded none']);
  });

  it('names the caller that sends the most where calls or places are scarce', () => {
    const names = 'The caller api-key:job sends the most: 90 of the 100 requests';
    expect(detailOf({ vendor: { ...vendor, callsLeft: 0 } })).toContain(names);
    expect(detailOf(interactive({ count: 1000 }))).toContain(names);
    expect(detailOf(interactive({ count: 1, oldestSeconds: 5 }))).toContain(names);
  });

  it('says whether the vendor still answers 429', () => {
    const learned = { ...vendor, learnedCallsPerMinute: 90 };
    expect(detailOf({ vendor: { ...learned, paceRefusals: 3 } })).toContain(
      'answers 429 (calls of the last minute: 3)',
    );
    expect(detailOf({ vendor: learned })).toContain('no longer answers 429');
  });

  it('names why the calls of the vendor fail', () => {
    const failing = { ...vendor, latestCall: 'answer-timeout', callMs: 5000 };
    for (const breaker of ['open', 'half-open'] as const)
      expect(detailOf({ vendor: { ...failing, breaker } })).toContain('the latest one with `answer-timeout`');
    expect(detailOf({ vendor: { ...vendor, breaker: 'open' } })).not.toContain('latest');
    const late = interactive({ count: 1, oldestSeconds: 5 });
    expect(detailOf({ ...late, vendor: failing })).toContain('without an answer');
    expect(detailOf({ ...late, vendor: { ...vendor, callMs: 900 } })).toContain('its calls take 900 ms');
  });

  it('puts the most serious reason first', () => {
    const facts = {
      ...caller({ limited: 10 }),
      vendor: { ...vendor, callsLeft: 0, breaker: 'open' as const },
    };
    expect(reasonsOf(facts).map((one) => one.split(' ')[0])).toEqual([
      'breaker-open',
      'calls-used-up',
      'caller-limited',
    ]);
  });
});
