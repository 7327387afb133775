import { EventEmitter } from 'node:events';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Settings } from '../config/settings.js';
import { InboundLimits } from './inbound-limits.service.js';
import type { Limits } from './principal.js';

const requestWith = (limits: Limits = {}, name = 'app'): FastifyRequest =>
  ({
    principal: { kind: 'api-key', name, limits },
    raw: { socket: { destroyed: false } },
  }) as unknown as FastifyRequest;
const replyOf = (): FastifyReply => ({ raw: new EventEmitter() }) as unknown as FastifyReply;

const twoASecond = () => requestWith({ requestsPerSecond: 2 });
const few = () => requestWith({ updatesPerSecond: 10 });
const oneAtATime = () => requestWith({ requestsPerSecond: 100, concurrent: 1 });

describe(InboundLimits.name, () => {
  let limits: InboundLimits;
  const admit = (request: FastifyRequest, reply = replyOf()): Promise<void> => limits.admit(request, reply);

  beforeEach(() => {
    vi.useFakeTimers();
    limits = new InboundLimits(Object.assign(new Settings(), { LIMIT_REQUESTS_PER_SECOND: 3 }));
  });
  afterEach(() => void vi.useRealTimers());

  it('admits as many requests a second as the key allows, and as many in the next second', async () => {
    await admit(twoASecond());
    await admit(twoASecond());
    await expect(admit(twoASecond())).rejects.toMatchObject({
      type: 'rate-limited',
      detail: 'The limit is 2 requests a second.',
      headers: { 'Retry-After': '1' },
    });
    await admit(requestWith({ requestsPerSecond: 2 }, 'other'));
    vi.advanceTimersByTime(1000);
    await expect(admit(twoASecond())).resolves.toBeUndefined();
  });

  it('applies the limits of the settings if the key has none', async () => {
    await Promise.all([1, 2, 3].map(() => admit(requestWith())));
    await expect(admit(requestWith())).rejects.toThrow('3 requests a second');
  });

  it('admits a batch above the quota of a second, then nothing for as many seconds as it uses up', async () => {
    await limits.countUpdates(few(), 4);
    await limits.countUpdates(few(), 96);
    vi.advanceTimersByTime(3000);
    await expect(limits.countUpdates(few(), 1)).rejects.toMatchObject({
      detail: 'The limit is 10 updates a second.',
      headers: { 'Retry-After': '7' },
    });
    vi.advanceTimersByTime(7000);
    await expect(limits.countUpdates(few(), 1)).resolves.toBeUndefined();
  });

  it('admits as many concurrent requests as the key allows, and another one when one ends', async () => {
    const reply = replyOf();
    await admit(oneAtATime(), reply);
    await expect(admit(oneAtATime())).rejects.toThrow('1 requests at a time');
    reply.raw.emit('close');
    await admit(oneAtATime());
  });

  it('does not count a caller that has already disconnected, because its close event has passed', async () => {
    const gone = oneAtATime();
    Object.assign(gone.raw.socket, { destroyed: true });
    await admit(gone);
    await expect(admit(oneAtATime())).resolves.toBeUndefined();
  });

  it('reports the limits, and what is left of those that were counted', async () => {
    const request = requestWith({ requestsPerSecond: 2, updatesPerSecond: 10, concurrent: 4 });
    expect(limits.fieldsOf(request)).toEqual({});
    await admit(request);
    await limits.countUpdates(request, 25);
    expect(limits.fieldsOf(request)).toEqual({
      'RateLimit-Policy': '"requests";q=2;w=1, "updates";q=10;w=1, "concurrent";q=4;qu="concurrent-requests"',
      RateLimit: '"requests";r=1;t=1, "concurrent";r=3, "updates";r=0;t=3',
    });
  });
});
