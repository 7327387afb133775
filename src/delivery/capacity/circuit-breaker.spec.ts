import { describe, expect, it } from 'vitest';
import { CircuitBreaker } from './circuit-breaker.js';

function opened(): CircuitBreaker {
  const breaker = new CircuitBreaker();
  for (let call = 0; call < 10; call += 1) breaker.note(true, [{}], 0);
  return breaker;
}

describe(CircuitBreaker.name, () => {
  it('opens when more than half of at least ten calls failed', () => {
    const breaker = new CircuitBreaker();
    for (let call = 0; call < 9; call += 1) expect(breaker.note(true, [{}], 0)).toBeUndefined();
    expect(breaker.note(true, [{}], 0)).toBe('open');

    const halfSick = new CircuitBreaker();
    for (let call = 0; call < 40; call += 1) expect(halfSick.note(call % 2 === 1, [{}], 0)).toBeUndefined();
  });

  it('forgets calls that ended more than 30 s ago', () => {
    const breaker = new CircuitBreaker();
    for (let call = 0; call < 9; call += 1) breaker.note(true, [{}], 0);
    expect(breaker.note(true, [{}], 30_000)).toBeUndefined();
  });

  it('lets no call through for 5 s, then one', () => {
    const breaker = opened();
    expect(breaker.halfOpensAt).toBe(5000);
    expect(breaker.mayCall(4999, 0)).toBe(false);
    expect(breaker.mayCall(5000, 0)).toBe(true);
    expect(breaker.mayCall(5000, 1)).toBe(false);
  });

  it('closes when that one passes', () => {
    const breaker = opened();
    expect(breaker.note(false, [{}], 5000)).toBe('closed');
    expect(breaker.mayCall(5000, 7)).toBe(true);
    expect(breaker.note(true, [{}], 5001)).toBeUndefined();
  });

  it('stays open for twice as long, up to 30 s, when it fails', () => {
    const breaker = opened();
    const waits = [5000, 15_000, 35_000, 65_000].map((at) => {
      breaker.note(true, [{}], at);
      return (breaker.halfOpensAt ?? 0) - at;
    });
    expect(waits).toEqual([10_000, 20_000, 30_000, 30_000]);
  });

  it('counts calls that left before it opened once it closes', () => {
    const breaker = opened();
    for (let call = 0; call < 8; call += 1) expect(breaker.note(true, [{}], 100)).toBeUndefined();
    expect(breaker.state(100)).toBe('open');
    expect(breaker.note(false, [{}], 5000)).toBe('closed');
    expect(breaker.note(true, [{}], 5001)).toBe('open');
  });

  it('counts the attempts of one update, and of one call, once', () => {
    const breaker = new CircuitBreaker();
    const [one, another] = [{}, {}];
    for (let call = 0; call < 40; call += 1) expect(breaker.note(true, [one, another], 0)).toBeUndefined();
    for (let call = 0; call < 8; call += 1) expect(breaker.note(true, [{}], 0)).toBeUndefined();
    expect(breaker.note(true, [one], 0)).toBeUndefined();
    expect(breaker.note(true, [one, {}], 0)).toBe('open');
  });

  it('opens with no success, though most calls before it failed', () => {
    const breaker = new CircuitBreaker();
    for (let call = 0; call < 9; call += 1) breaker.note(true, [{}], 0);
    expect(breaker.note(false, [{}], 0)).toBeUndefined();
    expect(breaker.note(true, [{}], 0)).toBe('open');
  });
});
