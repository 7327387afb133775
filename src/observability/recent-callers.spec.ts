import { describe, expect, it } from 'vitest';
import { RecentCallers } from './recent-callers.js';

const MINUTE_MS = 60_000;

describe(RecentCallers.name, () => {
  it('counts how the requests of each caller ended, the one with the most that were not served first', () => {
    const callers = new RecentCallers();
    for (const status of [200, 201, 200]) callers.note('api-key:calm', status, 0);
    for (const status of [200, 429, 400, 404, 503]) callers.note('api-key:wild', status, 0);
    expect(callers.list(0)).toEqual([
      { principal: 'api-key:wild', requests: 5, limited: 1, refused: 2, failed: 1 },
      { principal: 'api-key:calm', requests: 3, limited: 0, refused: 0, failed: 0 },
    ]);
  });

  it('finds the caller that is busiest now, although another one sent more before', () => {
    const callers = new RecentCallers();
    const send = (principal: string, count: number, minute: number): void => {
      for (let sent = 0; sent < count; sent += 1) callers.note(principal, 200, minute * MINUTE_MS);
    };
    expect(callers.busiest(0)).toBeUndefined();
    send('api-key:calm', 9, 0);
    send('api-key:calm', 1, 1);
    expect(callers.busiest(MINUTE_MS)).toEqual({ principal: 'api-key:calm', requests: 10, ofAll: 10 });
    send('api-key:flood', 5, 2);
    send('api-key:calm', 1, 2);
    expect(callers.busiest(2 * MINUTE_MS)).toEqual({ principal: 'api-key:flood', requests: 5, ofAll: 7 });
    expect(callers.busiest(4 * MINUTE_MS)).toBeUndefined();
  });

  it('forgets after five minutes, also when no request arrives', () => {
    const callers = new RecentCallers();
    for (const minute of [0, 1, 4]) callers.note('none', 401, minute * MINUTE_MS);
    const requestsAt = (minute: number) => callers.list(minute * MINUTE_MS)[0]?.requests;
    expect([4, 5, 6, 8, 9].map(requestsAt)).toEqual([3, 2, 1, 1, undefined]);
    callers.note('none', 401, 20 * MINUTE_MS);
    expect(requestsAt(20)).toBe(1);
  });
});
