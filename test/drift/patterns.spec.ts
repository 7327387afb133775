import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkSync } from 'recheck';
import { describe, expect, it } from 'vitest';
import { findPatterns } from './find-patterns.js';

// Runs in this process, so that no platform program of recheck is executed.
process.env['RECHECK_BACKEND'] = 'pure';

const ROOT = join(import.meta.dirname, '../..');

/** The files that build a pattern at run time, and why no text of a caller can make it slow. */
const BUILT = {
  'src/upstream/clean-message.ts': 'the value is escaped: it repeats nothing',
};

const patterns = globSync('src/**/*.ts', { cwd: ROOT, exclude: ['src/**/*.spec.ts'] })
  .toSorted()
  .flatMap((file) => findPatterns(file, readFileSync(join(ROOT, file), 'utf8')));
const written = patterns.filter((pattern) => 'source' in pattern);
const built = patterns.filter((pattern) => 'isBuilt' in pattern);

/** The limit for checking one pattern. Ours take up to a few seconds, most of them almost none. */
const CHECK_TIMEOUT_MS = 20_000;

/** Returns `safe`, or how the time to match grows with the text, and a text that shows it. */
function complexityOf(source: string, flags: string): string {
  const result = checkSync(source, flags, { timeout: CHECK_TIMEOUT_MS });
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

  it('reports patterns that are built at run time', () => {
    expect(findPatterns('x.ts', 'new RegExp(`a${b}`);\nnew RegExp(c);')).toEqual([
      { at: 'x.ts:1', isBuilt: true },
      { at: 'x.ts:2', isBuilt: true },
    ]);
  });
});

describe('patterns of the service', () => {
  it.each(['^(a+)+$', String.raw`\s+$`])('are checked by a tool that recognizes a slow one: %s', (slow) => {
    expect(complexityOf(slow, '')).toMatch(/exponential|polynomial/);
  });

  it('are built at run time only where a reason is given why that is safe', () => {
    expect(built.map(({ at }) => at.split(':')[0])).toEqual(Object.keys(BUILT));
  });

  it.each(written)(
    'match in linear time: $at /$source/$flags',
    ({ source, flags }) => {
      expect(complexityOf(source, flags)).toBe('safe');
    },
    60_000,
  );
});
