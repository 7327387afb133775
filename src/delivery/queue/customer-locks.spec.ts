import { describe, expect, it } from 'vitest';
import { type CustomerKey, customerKey } from '../customer-key.js';
import { CustomerLocks } from './customer-locks.js';

const key = (value: string): CustomerKey => customerKey({ type: 'mobile', value });
const [ASHA, BALA, FLEET] = [key('91001'), key('91002'), key('91003')];

describe(CustomerLocks.name, () => {
  it('lets the updates of one customer go one after the other', () => {
    const locks = new CustomerLocks<string>();
    const first = locks.enqueue('first', [ASHA], []);
    const second = locks.enqueue('second', [ASHA], []);
    expect([locks.canAcquire(first), locks.canAcquire(second)]).toEqual([true, false]);

    locks.acquire(first, {});
    expect(locks.canAcquire(second)).toBe(false);
    expect(locks.release([first], () => false)).toEqual(['second']);
    expect(locks.canAcquire(second)).toBe(true);
  });

  it('lets other customers overtake', () => {
    const locks = new CustomerLocks<string>();
    locks.acquire(locks.enqueue('first', [ASHA], []), {});
    expect(locks.canAcquire(locks.enqueue('blocked', [ASHA], []))).toBe(false);
    expect(locks.canAcquire(locks.enqueue('free', [BALA], []))).toBe(true);
  });

  it('blocks an update of two customers until both are free', () => {
    const locks = new CustomerLocks<string>();
    const [asha, bala] = [locks.enqueue('asha', [ASHA], []), locks.enqueue('bala', [BALA], [])];
    const family = locks.enqueue('family', [ASHA, BALA], []);
    locks.acquire(asha, {});
    locks.acquire(bala, {});
    expect(family.blockedBy).toBe(2);
    expect(locks.release([asha], () => false)).toEqual([]);
    expect(locks.release([bala], () => false)).toEqual(['family']);
  });

  it('lets updates that only name the same parent share one call, and no two calls', () => {
    const locks = new CustomerLocks<string>();
    const call = {};
    const first = locks.enqueue('first', [ASHA], [FLEET]);
    const second = locks.enqueue('second', [BALA], [FLEET]);
    expect(locks.acquire(first, call)).toEqual(['second']);
    expect([locks.canAcquire(second, call), locks.canAcquire(second, {})]).toEqual([true, false]);
  });

  it('never lets an update of the parent itself join them', () => {
    const locks = new CustomerLocks<string>();
    const call = {};
    const child = locks.enqueue('child', [ASHA], [FLEET]);
    const parent = locks.enqueue('parent', [FLEET], []);
    expect(locks.acquire(child, call)).toEqual([]);
    expect(locks.canAcquire(parent, call)).toBe(false);
  });

  it('keeps the position of an update that is sent again', () => {
    const locks = new CustomerLocks<string>();
    const first = locks.enqueue('first', [ASHA], []);
    locks.enqueue('second', [ASHA], []);
    locks.acquire(first, {});
    expect(locks.release([first], () => true)).toEqual(['first']);
  });

  it('unblocks the next update when one is canceled, and keeps no queue without requests', () => {
    const locks = new CustomerLocks<string>();
    const first = locks.enqueue('first', [ASHA], []);
    const second = locks.enqueue('second', [ASHA], []);
    expect(locks.depth([ASHA])).toBe(2);
    expect(locks.cancel(first)).toEqual(['second']);
    expect(locks.cancel(second)).toEqual([]);
    expect(locks.size).toBe(0);
  });
});
