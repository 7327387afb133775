import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const filesIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder)).map((name) => join(folder, name));
const documents = ['.', 'docs', 'docs/decisions', 'docs/guides', 'sandbox', 'bench', 'src/delivery']
  .flatMap(filesIn)
  .filter((path) => path.endsWith('.md'));

describe('a document', () => {
  it.each(documents)('links to what is there: %s', (path) => {
    const text = readFileSync(join(ROOT, path), 'utf8');
    const links = [...text.matchAll(/\]\((?!https?:|#|\/)([^)#\s]+)/g)].map(([, link = '']) => link);
    expect(links.filter((link) => !existsSync(join(ROOT, dirname(path), link)))).toEqual([]);
  });
});

describe('the map of delivery', () => {
  it('names each file of the folder, and none that is not there', () => {
    const map = readFileSync(join(ROOT, 'src/delivery/README.md'), 'utf8');
    const named = new Set([...map.matchAll(/`([\w./-]+\.ts)`/g)].map(([, name = '']) => name));
    const files = readdirSync(join(ROOT, 'src/delivery'), { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'),
    );
    expect([...named].toSorted()).toEqual(files.toSorted());
  });
});
