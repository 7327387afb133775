import { describe, expect, it, vi } from 'vitest';
import { Settings } from '../../config/settings.js';
import { UPDATE_KINDS } from '../import-kinds.js';
import type { UploadLine } from './upload-line.js';
import { prepareLines } from './prepare-lines.js';

describe(prepareLines.name, () => {
  it('yields to other work after every 10 ms, be it after one line or after many', async () => {
    let nowMs = 0;
    const tookMs = [4, 4, 4, 1, 9, 30, 30, 0, 0];
    async function* lines(): AsyncGenerator<UploadLine> {
      for (const [index, ms] of tookMs.entries()) {
        yield { line: index + 1, mistakes: [] };
        nowMs += ms; // the reader works on the line before it takes the next one
      }
    }
    let line = 0;
    const passedBefore: number[] = [];
    const pass = vi.fn<() => Promise<void>>(async () => {
      passedBefore.push(line + 1);
    });
    const turns = { now: () => nowMs, pass };
    const validated = prepareLines(
      lines(),
      UPDATE_KINDS.customers,
      { route: { source: 'INSTORE' }, bounds: {}, scopes: new Set(), settings: new Settings() },
      turns,
    );
    for await (const one of validated) ({ line } = one);
    expect(line).toBe(tookMs.length);
    expect(passedBefore).toEqual([4, 6, 7, 8]);
  });
});
