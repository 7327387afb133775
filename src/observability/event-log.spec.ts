import { describe, expect, it } from 'vitest';
import { describeFault } from './event-log.js';

describe(describeFault.name, () => {
  it('returns the kind, the code and the places of a fault', () => {
    const fault = describeFault(Object.assign(new TypeError('secret'), { code: 'E_BAD' }));
    expect(fault).toMatchObject({ kind: 'TypeError', code: 'E_BAD' });
    expect(fault.at[0]).toMatch(/event-log\.spec\.ts:\d+:\d+/);
    expect(JSON.stringify(fault)).not.toContain('secret');
  });

  it.each([
    'at +919900000001, asha@example.com',
    'x\n    at +919900000001 (asha@example.com)',
    'x\n    at asha (asha@example.com:1:1)',
    '\n    at asha (asha@example.com:1:1)\n',
  ])('mistakes no line of a message for a place: %j', (message) => {
    expect(JSON.stringify(describeFault(new Error(message)))).not.toMatch(/9199|asha/);
  });

  it.each([['x'], [undefined], [null], [{ at: 'asha' }]])(
    'returns only the type of a value that is not an error: %j',
    (thrown) => {
      expect(describeFault(thrown)).toEqual({ kind: typeof thrown, at: [] });
    },
  );
});
