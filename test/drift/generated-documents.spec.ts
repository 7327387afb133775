import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = new URL('../../', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'meniscus-documents-'));

beforeAll(() => {
  execFileSync(process.execPath, [join(root, 'dist/tools/documents/generate-documents.js'), folder], {
    cwd: folder,
  });
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('npm run generate', () => {
  it.each(['openapi.json', 'fields.md', 'import-columns.md', 'metrics.md', 'problems.md'])(
    'has been run since the code changed: docs/%s',
    (file) => {
      const generated = readFileSync(join(folder, file), 'utf8');
      const committed = readFileSync(join(root, 'docs', file), 'utf8');
      expect(committed).toBe(generated);
    },
  );
});
