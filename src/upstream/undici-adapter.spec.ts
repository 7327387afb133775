import { AxiosHeaders } from 'axios';
import type { Dispatcher } from 'undici';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { undiciAdapter } from './undici-adapter.js';

const ORIGIN = 'https://vendor.example';
const TIMEOUT_MS = 5000;

type Handler = Required<Dispatcher.DispatchHandler>;

/** A call that undici has accepted; the test reports its progress in place of undici. */
function aCall(url = `${ORIGIN}/v2/bulk?source=A`) {
  const dispatch = vi.fn<(options: Dispatcher.DispatchOptions, handler: Handler) => boolean>(() => true);
  const adapter = undiciAdapter(ORIGIN, { dispatch });
  const headers = new AxiosHeaders({ Accept: 'application/json' });
  const answer = adapter({ url, method: 'put', data: '[]', timeout: TIMEOUT_MS, headers });
  const abort = vi.fn<(reason: Error) => void>();
  return {
    answer,
    dispatch,
    abort,
    controller: { abort } as unknown as Dispatcher.DispatchController,
    undici: dispatch.mock.lastCall?.[1] as Handler,
  };
}

const errorOf = (code: string): Error => Object.assign(new Error('from undici'), { code });

describe(undiciAdapter.name, () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => {
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it('joins an answer, without the informational one before it and without a byte order mark', async () => {
    const { answer, controller, dispatch, undici } = aCall();
    undici.onRequestStart(controller, undefined);
    undici.onResponseStart(controller, 103, { link: '</x>' });
    undici.onResponseStart(controller, 200, { 'retry-after': '7' });
    const bytes = Buffer.from('\uFEFF"é"');
    undici.onResponseData(controller, bytes.subarray(0, 5));
    undici.onResponseData(controller, bytes.subarray(5));
    undici.onResponseEnd(controller, {});

    const { status, data, headers } = await answer;
    expect([status, data, { ...headers }]).toEqual([200, '"é"', { 'retry-after': '7' }]);
    expect(dispatch.mock.lastCall?.[0]).toMatchObject({
      method: 'PUT',
      path: '/v2/bulk?source=A',
      headers: { Accept: 'application/json' },
      body: '[]',
    });
  });

  it('prevents a call from being sent when its time is over before a connection is established', async () => {
    const { answer, abort, controller, undici } = aCall();
    vi.advanceTimersByTime(TIMEOUT_MS);

    await expect(answer).rejects.toMatchObject({ mayBeSent: false, why: 'late' });
    undici.onRequestStart(controller, undefined);
    expect(abort).toHaveBeenCalledTimes(1);
  });

  it('closes the connection of a call that gets no complete answer in time', async () => {
    const { answer, abort, controller, undici } = aCall();
    undici.onRequestStart(controller, undefined);
    undici.onResponseStart(controller, 200, {});
    vi.advanceTimersByTime(TIMEOUT_MS - 1);
    expect(abort).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);

    await expect(answer).rejects.toMatchObject({ mayBeSent: true, why: 'late' });
    expect(abort).toHaveBeenCalledTimes(1);
  });

  it('sends no call twice', async () => {
    const { answer, abort, controller, undici } = aCall();
    undici.onRequestStart(controller, undefined);
    undici.onRequestStart(controller, undefined);
    expect(abort).toHaveBeenCalledTimes(1);

    undici.onResponseError(controller, errorOf('UND_ERR_ABORTED'));
    await expect(answer).rejects.toMatchObject({ mayBeSent: true, why: 'broken' });
  });

  it.each([
    ['UND_ERR_CONNECT_TIMEOUT', false, 'late'],
    ['ECONNREFUSED', false, 'broken'],
    ['ECONNRESET', true, 'broken'],
    ['UND_ERR_RES_EXCEEDED_MAX_SIZE', true, 'large'],
  ])('distinguishes what was sent from what was not: %s, %s', async (code, isStarted, why) => {
    const { answer, controller, undici } = aCall();
    if (isStarted) undici.onRequestStart(controller, undefined);
    undici.onResponseError(controller, errorOf(code));

    await expect(answer).rejects.toMatchObject({ mayBeSent: isStarted, why });
  });

  it('refuses another origin', async () => {
    const { answer, dispatch } = aCall('https://elsewhere.example/v2/bulk');

    await expect(answer).rejects.toMatchObject({ mayBeSent: false });
    expect(dispatch).not.toHaveBeenCalled();
  });
});
