import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LoopDelay } from './loop-delay.js';

let now: number;
let loop: LoopDelay;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  now = 0;
  loop = new LoopDelay(() => now);
});

afterEach(() => vi.useRealTimers());

/** Runs a turn of the loop in which the tick is due; it happens at the end. */
function turn(lengthMs: number): void {
  now += lengthMs;
  vi.advanceTimersByTime(10);
}

describe(LoopDelay.name, () => {
  it('reports no delay after an idle time, in which it does nothing', () => {
    expect(loop.noteArrival()).toBe(0);
    turn(300);
    turn(10);
    expect(vi.getTimerCount()).toBe(0);
    now += 60_000;
    expect(loop.noteArrival()).toBe(0);
    expect(loop.sustainedMs()).toBe(0);
  });

  it('reports how long a request may have waited: the turn before it, and the requests of its turn', () => {
    loop.noteArrival();
    turn(300);
    expect(loop.noteArrival()).toBe(290);
    now += 50;
    expect(loop.noteArrival()).toBe(330);
    turn(10);
    loop.noteArrival();
    turn(10);
    expect(loop.noteArrival()).toBe(0);
  });

  it('reports a sustained delay after two long turns, the running one included', () => {
    loop.noteArrival();
    turn(300);
    loop.noteArrival();
    expect(loop.sustainedMs()).toBe(0);
    now += 110;
    expect(loop.sustainedMs()).toBe(100);
    turn(90);
    loop.noteArrival();
    expect(loop.sustainedMs()).toBe(190);
    turn(10);
    expect(loop.sustainedMs()).toBe(0);
  });
});
