import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A file of the page, ready to be sent. */
export interface PageFile {
  readonly text: string;
  readonly contentType: string;
  /** Changes with the text, so that a browser may keep the file and ask whether it is still the same. */
  readonly etag: string;
}

const FOLDER = new URL('./page/', import.meta.url);

/** Only files with these endings are served. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/** The library of the page, as its packages have it: one module each, which imports no other. */
const PACKAGES = { 'preact.mjs': 'preact', 'htm.mjs': 'htm' } as const;

function toFile(text: string, contentType = ''): PageFile {
  const hash = createHash('sha256').update(text).digest('base64url');
  return { text, contentType, etag: `"${hash}"` };
}

/** Reads all files of the page once. A request gets one of them by its name, and never reads a path. */
export function readPageFiles(): ReadonlyMap<string, PageFile> {
  const own = readdirSync(FOLDER).flatMap((name) => {
    const contentType = CONTENT_TYPES[name.split('.').at(-1) ?? ''];
    const read = () => readFileSync(new URL(name, FOLDER), 'utf8');
    return contentType === undefined ? [] : [[name, toFile(read(), contentType)] as const];
  });
  const library = Object.entries(PACKAGES).map(([name, from]) => {
    const text = readFileSync(fileURLToPath(import.meta.resolve(from)), 'utf8');
    // The map of the source, which the last line names, is not served.
    const [code = ''] = text.split('\n//# sourceMappingURL=');
    return [name, toFile(`${code}\n`, CONTENT_TYPES['js'])] as const;
  });
  return new Map([...own, ...library]);
}
