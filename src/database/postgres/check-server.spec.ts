import { describe, expect, it } from 'vitest';
import { refuseReadOnly, refuseTransactionPooling } from './check-server.js';

/** Makes a client that runs its statements on these backends in turn, and then on the last one. */
function clientOn(...backends: string[]): { query: () => Promise<{ rows: { backend?: string }[] }> } {
  let last = '';
  return { query: () => Promise.resolve({ rows: [{ backend: (last = backends.shift() ?? last) }] }) };
}

const check = (one: string[], other: string[]): Promise<void> =>
  refuseTransactionPooling(clientOn(...one) as never, clientOn(...other) as never);

describe(refuseTransactionPooling.name, () => {
  it.each([
    ['two clients share one backend', ['1'], ['1']],
    ['the backends of a client take turns', ['1', '2'], ['3']],
    ['only the other client changes its backend, and late', ['1'], ['2', '2', '2', '2', '3']],
  ])('refuses when %s', async (_what, one, other) => {
    await expect(check(one, other)).rejects.toMatchObject({ because: 'pooled by transaction' });
  });

  it('accepts when each client keeps a backend of its own', async () => {
    await expect(check(['1'], ['2'])).resolves.toBeUndefined();
  });
});

const write = (readOnly: string, isStandby: boolean): Promise<void> =>
  refuseReadOnly({ query: () => Promise.resolve({ rows: [{ readOnly, isStandby }] }) } as never);

describe(refuseReadOnly.name, () => {
  it('distinguishes a standby from a database that is read-only by its settings', async () => {
    await expect(write('on', true)).rejects.toMatchObject({ because: 'standby' });
    await expect(write('on', false)).rejects.toMatchObject({ because: '25006' });
    await expect(write('off', false)).resolves.toBeUndefined();
  });
});
