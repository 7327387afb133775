import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
  readonly allowScripts: Record<string, boolean>;
  readonly workspaces: readonly string[];
}

interface LockedPackage {
  readonly name?: string;
  readonly version: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
  readonly optionalDependencies?: Record<string, string>;
}

const manifest = JSON.parse(read('package.json')) as Manifest;
const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, LockedPackage> };
/** The folders of this repository that are packages too; the lock has a link to each of them. */
const { workspaces } = manifest;
const isOurs = (path: string, { link }: LockedPackage): boolean => link === true || workspaces.includes(path);
const locked = Object.entries(packages).filter(([path, one]) => path !== '' && !isOurs(path, one));
const nameOf = (path: string): string => path.split('node_modules/').at(-1) ?? path;

/** Whether the package at `path` resolves `name` in the lock: in its own folder, or in an enclosing one. */
function isLocked(path: string, name: string): boolean {
  if (packages[`${path}/node_modules/${name}`] !== undefined) return true;
  const around = path.lastIndexOf('/node_modules/');
  return around < 0 ? packages[`node_modules/${name}`] !== undefined : isLocked(path.slice(0, around), name);
}

describe('package.json', () => {
  it('takes every package from the registry, the linter in one version only', () => {
    const wanted = { ...manifest.dependencies, ...manifest.devDependencies };
    for (const [name, range] of Object.entries(wanted)) expect(range, name).toMatch(/^\^?\d+\.\d+\.\d+$/);
    for (const name of ['oxlint', 'oxlint-tsgolint']) expect(wanted[name], name).toMatch(/^\d/);
  });

  it('declares for each install script in the lock whether it may run', () => {
    const scripts = locked
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => nameOf(path));
    expect(Object.keys(manifest.allowScripts).toSorted()).toEqual(scripts.toSorted());
  });
});

describe('package-lock.json', () => {
  it('has a name, an exact version and a SHA-512 for each package, and no address', () => {
    expect(locked.length).toBeGreaterThan(0);
    for (const [path, { name, version, resolved, integrity, link }] of locked) {
      expect({ path, name, resolved, link }).toEqual({ path });
      expect(version, path).toMatch(/^\d+\.\d+\.\d+/);
      expect(integrity, path).toMatch(/^sha512-[\w+/]{86}==$/);
    }
  });

  it('links to each workspace, and to nothing else', () => {
    const links = Object.values(packages).flatMap(({ link, resolved = '' }) => (link ? [resolved] : []));
    expect(links.toSorted()).toEqual([...workspaces].toSorted());
  });

  it('contains the packages for other platforms, without which npm ci fails there', () => {
    const missing = locked.flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !isLocked(path, name))
        .map((name) => `${path} wants ${name}`),
    );
    expect(missing).toEqual([]);
  });
});

/** The packages in the first column of a table, from rows with three filled columns. */
function packagesIn(table: string): (string | undefined)[] {
  return [...table.matchAll(/^\| `([^`]+)` *\| *[^|\s][^|]*\| *[^|\s][^|]*\|$/gm)].map(([, name]) => name);
}

describe('docs/dependencies.md', () => {
  const [, inProduction = '', forDevelopment = ''] = read('docs/dependencies.md').split(/^## /m);
  it.each([
    ['in production', inProduction, manifest.dependencies],
    ['for development', forDevelopment, manifest.devDependencies],
  ])('gives a reason for each package %s, and for no other', (_where, section, wanted) => {
    expect(packagesIn(section)).toEqual(Object.keys(wanted).toSorted());
  });
});

describe('npm run sbom', () => {
  interface Component {
    readonly 'bom-ref': string;
    readonly name: string;
    readonly version: string;
    readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  }
  interface Sbom {
    readonly bomFormat: string;
    readonly specVersion: string;
    readonly metadata: { readonly component: Component };
    readonly components: readonly Component[];
    readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
  }

  const folder = mkdtempSync(join(tmpdir(), 'meniscus-sbom-'));
  const file = join(folder, 'sbom.json');
  let text: string;
  let sbom: Sbom;

  beforeAll(() => {
    execFileSync(process.execPath, [join(ROOT, 'supply-chain/write-sbom.ts'), file], { stdio: 'ignore' });
    text = readFileSync(file, 'utf8');
    sbom = JSON.parse(text) as Sbom;
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('writes a CycloneDX document about this service, without the address of a registry', () => {
    expect(sbom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: expect.stringMatching(/^1\.\d$/) });
    expect(sbom.metadata.component).toMatchObject({ name: manifest.name, version: manifest.version });
    expect(text).not.toMatch(/registry|[.]tgz/);
  });

  it('lists each package of production with its hash, and no other', () => {
    const production = locked
      .filter(([, { dev }]) => !dev)
      .map(([path, { version, integrity = '' }]) => {
        const hash = Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex');
        return `${nameOf(path)}@${version} ${hash}`;
      });
    const listed = sbom.components.map(({ name, version, hashes }) => {
      const hash = hashes?.find(({ alg }) => alg === 'SHA-512')?.content;
      return `${name}@${version} ${hash}`;
    });
    expect(listed.toSorted()).toEqual([...new Set(production)].toSorted());
    expect(sbom.components.map(({ name }) => name)).toEqual(
      expect.arrayContaining(Object.keys(manifest.dependencies)),
    );
  });

  it('lists the dependencies among these packages, and no other', () => {
    const refs = new Set(sbom.components.map((component) => component['bom-ref']));
    const service = sbom.metadata.component['bom-ref'];
    expect(new Set(sbom.dependencies.map(({ ref }) => ref))).toEqual(new Set([service, ...refs]));
    for (const other of sbom.dependencies.flatMap(({ dependsOn }) => dependsOn))
      expect(refs).toContain(other);
  });
});
