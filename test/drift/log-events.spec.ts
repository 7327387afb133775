import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/** An event is the first literal of this form after a call that writes it, or after the property `event`. */
const EVENT = /'([a-z]+(?:-[a-z]+)*\.[a-z]+(?:-[a-z]+)*)'/g;
const WRITTEN = /(?:\.write\(|\.conclude\(|\.fault\(|\bevent:)[^;{]*/g;

function eventsInCode(): string[] {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'),
  );
  const texts = files.map((name) => readFileSync(join(ROOT, 'src', name), 'utf8'));
  const writing = texts.flatMap((text) => [...text.matchAll(WRITTEN)].map(([call]) => call));
  return [
    ...new Set(writing.flatMap((call) => [...call.matchAll(EVENT)].map(([, name = '']) => name))),
  ].toSorted();
}

function eventsInDocument(): string[] {
  const text = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
  const [, afterLogs = ''] = text.split('\n## Logs\n');
  const [logs = ''] = afterLogs.split('\n## ');
  const firstCells = logs.split('\n').flatMap((line) => /^\| (`.*?) +\|/.exec(line)?.[1] ?? []);
  return firstCells
    .flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name))
    .toSorted();
}

describe('docs/operations.md', () => {
  it('explains each event that the code logs, once, and no other', () => {
    const inCode = eventsInCode();
    expect(inCode.length).toBeGreaterThan(50);
    expect(eventsInDocument()).toEqual(inCode);
  });
});
