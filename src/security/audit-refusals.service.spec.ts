import type { FastifyRequest } from 'fastify';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Settings } from '../config/settings.js';
import type { AuditFacts, AuditLog } from '../observability/audit-log.js';
import { KeyedHash } from '../observability/keyed-hash.js';
import { Problem } from '../problems/problem.js';
import { RefusalAudit } from './audit-refusals.service.js';

const from = (ip: string): FastifyRequest =>
  ({ id: 'r', ip, method: 'GET', routeOptions: { url: '/v1/imports' } }) as unknown as FastifyRequest;
const refusal = new Problem('unauthenticated', { detail: 'no' });

describe(RefusalAudit.name, () => {
  const written: [event: string, facts: AuditFacts][] = [];
  let refusals: RefusalAudit;

  beforeEach(() => {
    vi.useFakeTimers();
    written.length = 0;
    const audit = { write: (event: string, facts: AuditFacts) => void written.push([event, facts]) };
    refusals = new RefusalAudit(audit as unknown as AuditLog, new KeyedHash(new Settings()));
  });
  afterEach(() => void vi.useRealTimers());

  const refuse = (ip: string, count: number): void => {
    for (let index = 0; index < count; index++) refusals.write(from(ip), refusal);
  };

  it('records each refusal, and summarizes those of an address above the limit once a minute', () => {
    refuse('192.0.2.1', 1000);
    refuse('192.0.2.2', 2);
    expect(written.map(([event]) => event)).toEqual(Array.from({ length: 62 }, () => 'access.refused'));
    vi.advanceTimersByTime(60_000);
    expect(written.slice(62)).toEqual([
      ['access.refusals-summarized', { address: written[0]?.[1].address, itemCount: 940 }],
    ]);
    refuse('192.0.2.1', 1);
    expect(written.slice(63).map(([event]) => event)).toEqual(['access.refused']);
  });

  it('records the remaining refusals when the service stops', () => {
    refuse('192.0.2.1', 61);
    refusals.onModuleDestroy();
    expect(written.at(-1)).toMatchObject(['access.refusals-summarized', { itemCount: 1 }]);
  });
});
