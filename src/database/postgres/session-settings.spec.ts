import { describe, expect, it } from 'vitest';
import { NO_LIMITS, SETTINGS_NOT_KEPT, setSession } from './session-settings.js';

describe(setSession.name, () => {
  it('refuses a connection that does not keep a setting', async () => {
    const answers = [
      { rows: [{ default_transaction_isolation: 'read committed' }] },
      { rows: [{ default_transaction_isolation: 'serializable' }] },
    ];
    const client = { query: () => Promise.resolve(answers.shift()) };
    await expect(setSession(client as never, NO_LIMITS)).rejects.toMatchObject({
      name: 'DatabaseUnavailable',
      because: SETTINGS_NOT_KEPT,
    });
  });
});
