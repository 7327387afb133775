import { describe, expect, it } from 'vitest';
import { OpenRequests } from './open-requests.js';

describe(OpenRequests.name, () => {
  it('counts the requests of each principal until they end', () => {
    const open = new OpenRequests();
    const end = open.begin('one');
    open.begin('one');
    open.begin('other');
    expect(open.countOf('one')).toBe(2);
    end();
    expect([open.countOf('one'), open.countOf('other'), open.countOf('third')]).toEqual([1, 1, 0]);
  });

  it('expects a request to end sooner, the more are open and the shorter they take', () => {
    let nowMs = 0;
    const open = new OpenRequests(() => nowMs);
    const end = open.begin('one');
    open.begin('one');
    nowMs = 10_000;
    end();
    expect(open.waitMs('one')).toBe(2000);
    open.begin('one');
    expect(open.waitMs('one')).toBe(1000);
  });

  it('forgets a principal without open requests', () => {
    let nowMs = 0;
    const open = new OpenRequests(() => nowMs);
    const end = open.begin('one');
    nowMs = 10_000;
    end();
    open.begin('one');
    expect(open.waitMs('one')).toBe(0);
  });
});
