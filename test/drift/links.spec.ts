import { existsSync, globSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Folders at the top that hold what is installed, built or stored, and no sources. */
const NOT_SOURCES = new Set(['node_modules', 'dist', 'artifacts', 'data', '.git']);
const folders = readdirSync(ROOT, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !NOT_SOURCES.has(entry.name))
  .map(({ name }) => name);
const find = (endings: string): string[] =>
  globSync([`*.${endings}`, ...folders.map((folder) => `${folder}/**/*.${endings}`)], {
    cwd: ROOT,
  }).toSorted();

const documents = find('md');
/** Everything that may name a document in a comment. */
const sources = [...find('ts'), ...find('cjs'), ...find('yml'), '.env.example', 'Dockerfile'];

/** The anchor that a heading of a rendered document has. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));
}

/** Where a link of a document leads: a file, and perhaps a heading in it. */
function isThere(document: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? document : join(dirname(document), path);
  if (!existsSync(join(ROOT, target))) return false;
  return anchor === undefined || anchorsOf(read(target)).includes(anchor);
}

describe('a document', () => {
  it('is found in each folder that has one', () => {
    const expected = [
      'README.md',
      'docs/operations.md',
      'docs/decisions/README.md',
      'src/delivery/README.md',
    ];
    expect(documents).toEqual(expect.arrayContaining(expected));
  });

  it.each(documents)('links only to files and headings that exist: %s', (path) => {
    const links = [...read(path).matchAll(/\]\((?!https?:|\/)([^)\s]+)\)/g)].map(([, link = '']) => link);
    expect(links.filter((link) => !isThere(path, link))).toEqual([]);
  });

  it.each(documents)('names only paths that exist: %s', (path) => {
    const named = [...read(path).matchAll(/`((?:\w[\w-]*\/)+[\w.-]*)`/g)].map(([, one = '']) => one);
    const ours = named.filter((one) => folders.includes(one.split('/')[0] ?? ''));
    expect(ours.filter((one) => !existsSync(join(ROOT, one)))).toEqual([]);
  });
});

describe('docs/security.md', () => {
  it('names only end-to-end tests that exist', () => {
    const named = [...read('docs/security.md').matchAll(/`([\w*-]+\.e2e-spec\.ts)`/g)].map(
      ([, one = '']) => one,
    );
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((one) => globSync(one, { cwd: join(ROOT, 'test/e2e') }).length === 0)).toEqual([]);
  });
});

describe('every document', () => {
  it('cites no document of the planning phase, which is not in the repository', () => {
    const citing = documents.filter((path) =>
      /\b(?:DESIGN|STYLE|STORAGE|REVIEW|CONTRACT)\b/.test(read(path)),
    );
    expect(citing).toEqual([]);
  });
});

describe('a comment', () => {
  const contract = read('docs/vendor-contract.md');
  const citations = sources.flatMap((path) =>
    [...read(path).matchAll(/\b(docs\/[\w/-]+\.(?:md|json))(?: sections? (\d+))?/g)].map(
      ([cited, document = '', section]) => ({ path, cited, document, section }),
    ),
  );

  it('names only documents that exist', () => {
    expect(citations.length).toBeGreaterThan(40);
    expect(citations.filter(({ document }) => !existsSync(join(ROOT, document)))).toEqual([]);
  });

  it('names only sections that the contract of the vendor has', () => {
    const sections = new Set([...contract.matchAll(/^## (\d+)\. /gm)].map(([, number]) => number));
    const missing = citations.filter(({ section }) => section !== undefined && !sections.has(section));
    expect(missing).toEqual([]);
  });
});

describe('the index of the decisions', () => {
  it('lists each page once', () => {
    const index = read('docs/decisions/README.md');
    const listed = [...index.matchAll(/\]\((\d{4}-[\w-]+\.md)\)/g)].map(([, name = '']) => name);
    const pages = readdirSync(join(ROOT, 'docs/decisions')).filter((name) => name !== 'README.md');
    expect(listed.toSorted()).toEqual(pages.toSorted());
  });
});

describe('a decision', () => {
  const pages = readdirSync(join(ROOT, 'docs/decisions')).filter((name) => name !== 'README.md');
  it.each(pages)(
    'has its number, and the sections Status, Context, Decision and Consequences: %s',
    (name) => {
      const text = read(join('docs/decisions', name));
      const headings = [...text.matchAll(/^##? (.+)$/gm)].map(([, heading]) => heading);
      const title = expect.stringMatching(new RegExp(`^${Number(name.slice(0, 4))}\\. `));
      expect(headings).toEqual([title, 'Status', 'Context', 'Decision', 'Consequences']);
    },
  );
});

describe('the README of a room', () => {
  const filesOf = (room: string): string[] =>
    readdirSync(join(ROOT, 'src', room), { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'),
    );
  const rooms = readdirSync(join(ROOT, 'src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  const largeRooms = rooms.filter((room) => filesOf(room).length > 10);

  it('is required of the rooms with more than ten files', () => {
    expect(largeRooms).toEqual(expect.arrayContaining(['database', 'delivery', 'imports', 'writes']));
  });

  /** A path that begins with `src/` leads to another room; a test above checks that it exists. */
  it.each(largeRooms)('names each file of src/%s, and no other', (room) => {
    const readme = read(`src/${room}/README.md`);
    const named = new Set([...readme.matchAll(/`((?!src\/)[\w./-]+\.ts)`/g)].map(([, name = '']) => name));
    expect([...named].toSorted()).toEqual(filesOf(room).toSorted());
  });
});
