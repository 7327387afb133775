import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkSync } from 'recheck';
import { describe, expect, it } from 'vitest';
import { findPatterns } from './find-patterns.js';

// In this process: the programs for single platforms that come with recheck are not run.
process.env['RECHECK_BACKEND'] = 'pure';

const ROOT = join(import.meta.dirname, '../..');

/** Files that build a pattern at run time, and why no text of a caller can make it slow. */
const BUILT = {
  'src/upstream/clean-message.ts': 'the value is escaped: it repeats nothing',
};

const patterns = globSync('src/**/*.ts', { cwd: ROOT, exclude: ['src/**/*.spec.ts'] })
  .toSorted()
  .flatMap((file) => findPatterns(file, readFileSync(join(ROOT, file), 'utf8')));
const written = patterns.filter((pattern) => 'source' in pattern);
const built = patterns.filter((pattern) => 'isBuilt' in pattern);

/** Time limit for one pattern; ours take up to a few seconds, most of them far less. */
const CHECK_WITHIN_MS = 20_000;

/** `safe`, or how the time to match grows with the text, and a text that shows it. */
function classify(source: string, flags: string): string {
  const result = checkSync(source, flags, { timeout: CHECK_WITHIN_MS });
  if (result.status === 'safe') return 'safe';
  if (result.status === 'unknown') return `not checked: ${result.error.kind}`;
  return `${result.complexity.summary}: ${result.attack.pattern}`;
}

describe(findPatterns.name, () => {
  it('finds literals, and texts given to RegExp and Matches, with their lines', () => {
    const text = [
      'const one = /a\\/b/gi;',
      "const two = [new RegExp('c+', 'u'), RegExp(`d`)];",
      "class Dto { @Matches(/e/) a; @Matches('f', 'g') b; @Matches(one) c }",
    ].join('\n');
    expect(findPatterns('x.ts', text)).toEqual([
      { at: 'x.ts:1', source: 'a\\/b', flags: 'gi' },
      { at: 'x.ts:2', source: 'c+', flags: 'u' },
      { at: 'x.ts:2', source: 'd', flags: '' },
      { at: 'x.ts:3', source: 'e', flags: '' },
      { at: 'x.ts:3', source: 'f', flags: 'g' },
    ]);
  });

  it('reports what is built at run time', () => {
    expect(findPatterns('x.ts', 'new RegExp(`a${b}`);\nnew RegExp(c);')).toEqual([
      { at: 'x.ts:1', isBuilt: true },
      { at: 'x.ts:2', isBuilt: true },
    ]);
  });
});

describe('patterns of the service', () => {
  it.each(['^(a+)+$', String.raw`\s+$`])('are checked by a tool that detects a slow one: %s', (slow) => {
    expect(classify(slow, '')).toMatch(/exponential|polynomial/);
  });

  it('are built at run time only where a reason says why that is safe', () => {
    expect(built.map(({ at }) => at.split(':')[0])).toEqual(Object.keys(BUILT));
  });

  it.each(written)(
    'take time in proportion to the text at most: $at /$source/$flags',
    ({ source, flags }) => {
      expect(classify(source, flags)).toBe('safe');
    },
    60_000,
  );
});
