import { describe, expect, it } from 'vitest';
import { setSession } from './session-settings.js';

describe(setSession.name, () => {
  it('refuses a connection that does not keep a setting', async () => {
    const client = {
      query: () => Promise.resolve({ rows: [{ default_transaction_isolation: 'serializable' }] }),
    };
    await expect(setSession(client as never)).rejects.toMatchObject({
      name: 'DatabaseUnavailable',
      because: 'the session does not keep default_transaction_isolation',
    });
  });
});
