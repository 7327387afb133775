import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findWords } from './find-words.js';

const ROOT = join(import.meta.dirname, '../..');
const GUIDE = 'docs/writing.md';

/** What others wrote; the guide, which has to name the words; and the changelog, which names what was renamed. */
const NOT_OURS = [
  GUIDE,
  'CHANGELOG.md',
  'LICENSE',
  'package-lock.json',
  'test/samples/',
  'test/harness/tls/',
];

const guide = readFileSync(join(ROOT, GUIDE), 'utf8');

/** Reads a list of the guide: one entry a line, or several words a line. */
function listed(name: string, separator: RegExp): string[] {
  const [, block = ''] = new RegExp(`^\`\`\`${name}\n([^\`]+)^\`\`\``, 'm').exec(guide) ?? [];
  const entries = block.trim().split(separator);
  if (entries[0] === '') throw new Error(`${GUIDE} has no list of ${name}`);
  return entries;
}

const words = { words: listed('words', /\s+/), allowed: listed('allowed', /\n/) };
const spelling = { words: listed('british', /\s+/), allowed: [] };

const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\0')
  .filter((file) => file !== '' && existsSync(join(ROOT, file)))
  .filter((file) => !NOT_OURS.some((prefix) => file.startsWith(prefix)));

function findIn(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [words, spelling]
    .flatMap((rules) => findWords(file, text, rules))
    .map(({ at, word }) => `${at} ${word}`);
}

describe(findWords.name, () => {
  const rules = { words: ['run', 'walk-'], allowed: ['run time', '...run'] };
  const find = (text: string): string[] =>
    findWords('x.ts', text, rules).map(({ at, word }) => `${at} ${word}`);

  it('finds whole words with their lines, in identifiers too', () => {
    expect(find('a run\nrunTask isRun RUN_TASK do-run\nRUNTask')).toEqual([
      'x.ts:1 run',
      ...Array.from({ length: 4 }, () => 'x.ts:2 run'),
      'x.ts:3 run',
    ]);
    expect(find('runner, overrun, prune')).toEqual([]);
  });

  it('finds every word with a beginning', () => {
    expect(find('walk walking sleepwalk')).toEqual(['x.ts:1 walk', 'x.ts:1 walking']);
  });

  it('skips phrases that are allowed, and nothing beside them', () => {
    expect(find('at Run time, (...run), then run')).toEqual(['x.ts:1 run']);
  });

  it('finds words in the name of a file', () => {
    expect(findWords('walks/run-task.ts', '', rules)).toEqual([
      { at: 'walks/run-task.ts', word: 'walks' },
      { at: 'walks/run-task.ts', word: 'run' },
    ]);
  });
});

describe('the repository', () => {
  it(`uses the words and the spelling of ${GUIDE}`, () => {
    expect(files.flatMap(findIn)).toEqual([]);
  });
});
