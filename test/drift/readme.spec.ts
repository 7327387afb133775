import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { demoText } from '../../sandbox/demo-text.js';

const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');

/** The body of the first update in a text that holds lines to paste. */
function firstPatchBody(text: string): unknown {
  const [, body = ''] = /^curl -X PATCH .* -d '(.*)'$/m.exec(text) ?? [];
  return JSON.parse(body) as unknown;
}

describe('README.md', () => {
  it('fits into 150 lines', () => {
    expect(readme.split('\n').length).toBeLessThanOrEqual(150);
  });

  it('shows the update that the demo prints', () => {
    const printed = demoText({
      service: 'http://127.0.0.1:3000',
      vendor: 'http://127.0.0.1:4010',
      key: 'mns_key',
      folder: 'data/demo',
      callsPerMinute: 300,
    });
    expect(firstPatchBody(readme)).toEqual(firstPatchBody(printed));
  });
});
