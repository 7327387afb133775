import { describe, expect, it, vi } from 'vitest';
import { Settings } from '../../config/settings.js';
import { UPDATE_KINDS } from '../import-kinds.js';
import type { ReadLine } from './read-line.js';
import { prepareLines } from './prepare-lines.js';

describe(prepareLines.name, () => {
  it('gives others their turn whenever 10 ms have passed, be it after one line or after many', async () => {
    let nowMs = 0;
    const tookMs = [4, 4, 4, 1, 9, 30, 30, 0, 0];
    async function* lines(): AsyncGenerator<ReadLine> {
      for (const [index, ms] of tookMs.entries()) {
        yield { line: index + 1, mistakes: [] };
        nowMs += ms; // what is done with a line before the next is asked for
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
      { route: { source: 'INSTORE' }, bounds: {}, settings: new Settings() },
      turns,
    );
    for await (const one of validated) ({ line } = one);
    expect(line).toBe(tookMs.length);
    expect(passedBefore).toEqual([4, 6, 7, 8]);
  });
});
