import { beforeEach, describe, expect, it } from 'vitest';
import { type TraceSpan, currentSpan, httpSpanName, inSpan, runForSpan } from './span.js';

let ended: string[];

function aSpan(name: string): TraceSpan {
  const span: Partial<TraceSpan> = { startChild: (child) => aSpan(child), end: () => void ended.push(name) };
  return span as TraceSpan;
}

function refuse(): never {
  throw new Error('refused');
}

beforeEach(() => (ended = []));

describe(inSpan, () => {
  it('only runs the work where nothing is recorded', () => {
    expect(inSpan('prepare', () => currentSpan())).toBeUndefined();
    expect(ended).toEqual([]);
  });

  it('ends the span with work that returns', () => {
    const root = aSpan('root');
    expect(runForSpan(root, () => inSpan('prepare', () => currentSpan()))).not.toBe(root);
    expect(ended).toEqual(['prepare']);
  });

  it('ends the span with work that throws', () => {
    expect(() => runForSpan(aSpan('root'), () => inSpan('prepare', refuse))).toThrow('refused');
    expect(ended).toEqual(['prepare']);
  });

  it.each([true, false])('ends the span with a promise, not before (it resolves: %s)', async (resolves) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const result = runForSpan(aSpan('root'), () => inSpan('idempotency', () => promise));
    expect(ended).toEqual([]);
    if (resolves) resolve('kept');
    else reject(new Error('refused'));
    await expect(result.catch((error: unknown) => String(error))).resolves.toMatch(/kept|refused/);
    expect(ended).toEqual(['idempotency']);
  });
});

describe(httpSpanName, () => {
  it.each([
    ['PATCH', '/v1/customers', 'PATCH /v1/customers'],
    ['GET', undefined, 'GET'],
    ['asha@example.com', '/v1/customers', 'HTTP /v1/customers'],
  ])('names %s %s', (method, path, name) => {
    expect(httpSpanName(method, path)).toBe(name);
  });
});
