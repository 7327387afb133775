import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * `npm run sbom` writes the locked production packages as a CycloneDX document in JSON to `artifacts/sbom.json`, or to
 * the file of the first argument.
 */

interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
}

interface Sbom {
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

interface Lock {
  readonly name: string;
  readonly packages: Record<string, { readonly version: string; readonly dev?: boolean }>;
}

const ROOT = join(import.meta.dirname, '..');
const [, , file = join(ROOT, 'artifacts/sbom.json')] = process.argv;

const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Lock;
const inProduction = new Set(
  Object.entries(lock.packages)
    .filter(([, { dev }]) => !dev)
    .map(([path, { version }]) => `${path.split('node_modules/').at(-1)}@${version}`),
);

// Without workspaces, which are packages of this repository that the service does not use. Without --omit=dev, which also drops packages that production shares with development, such as @nestjs/core
// (https://github.com/npm/cli/issues/7909).
const asked = [
  'sbom',
  '--workspaces=false',
  '--sbom-format=cyclonedx',
  '--sbom-type=application',
  '--package-lock-only',
];
const printed = execFileSync('npm', asked, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 26 });
const sbom = JSON.parse(printed) as Sbom;

const components = sbom.components.filter(({ name, version }) => inProduction.has(`${name}@${version}`));
const service = sbom.metadata.component;
const kept = new Set([service, ...components].map((component) => component['bom-ref']));
const ofProduction: Sbom = {
  ...sbom,
  // npm writes the name of the folder of the checkout here.
  metadata: { ...sbom.metadata, component: { ...service, name: lock.name } },
  components,
  dependencies: sbom.dependencies
    .filter(({ ref }) => kept.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => kept.has(other)) })),
};
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, `${JSON.stringify(ofProduction, null, 2)}\n`);
console.log(`sbom: ${components.length} components in ${file}`);
