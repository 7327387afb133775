import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { version } from '../../sandbox/version.js';
import { settingNames } from '../../src/config/read-settings.js';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

interface Service {
  readonly build?: { readonly target: string };
  readonly profiles?: string[];
  readonly environment?: Record<string, string>;
  readonly ports?: string[];
  readonly volumes?: string[];
  readonly secrets?: string[];
  readonly depends_on?: Record<string, unknown>;
}

const compose = parse(read('docker-compose.yml')) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
  secrets: Record<string, { readonly file: string }>;
};
const dockerfile = read('Dockerfile');

const yaml = (path: string): Record<string, unknown> => parse(read(path)) as Record<string, unknown>;

describe('docker-compose.yml', () => {
  it('has the service, the sandbox and Postgres, each port on loopback only', () => {
    const always = Object.entries(compose.services).filter(([, { profiles }]) => profiles === undefined);
    expect(always.map(([name]) => name)).toEqual(['meniscus', 'sandbox', 'postgres']);
    for (const { ports = [] } of Object.values(compose.services)) {
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    }
  });

  it('sets only variables that the service reads', () => {
    expect(settingNames()).toEqual(
      expect.arrayContaining(Object.keys(compose.services['meniscus']?.environment ?? {})),
    );
  });

  it('keeps the API keys in a volume of their own, in a folder that the image gives to its user', () => {
    const { environment = {}, volumes } = compose.services['meniscus'] ?? {};
    expect(environment['API_KEYS_FILE']).toBe('/app/keys/api-keys.json');
    expect(volumes).toEqual(['keys:/app/keys']);
    expect(Object.keys(compose.volumes)).toContain('keys');
    expect(dockerfile).toMatch(/^RUN mkdir data keys && chown node:node data keys$/m);
  });

  it('hands the secret of the vendor over in a file, with what the sandbox expects', () => {
    const { meniscus, sandbox } = compose.services;
    const [name = ''] = meniscus?.secrets ?? [];
    expect(meniscus?.environment).toMatchObject({ UPSTREAM_OAUTH_SECRET_FILE: `/run/secrets/${name}` });
    const { file = '' } = compose.secrets[name] ?? {};
    expect(read(file).trimEnd()).toBe(sandbox?.environment?.['SANDBOX_SECRET']);
  });

  it('builds stages that the Dockerfile has, and waits for services that exist', () => {
    const stages = [...dockerfile.matchAll(/^FROM \S+ AS (\w+)$/gm)].map(([, stage]) => stage);
    const services = Object.values(compose.services);
    const targets = services.flatMap(({ build }) => (build ? [build.target] : []));
    const needed = services.flatMap(({ depends_on: others = {} }) => Object.keys(others));
    expect(stages).toEqual(expect.arrayContaining(targets));
    expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(needed));
  });
});

/** No container engine runs here, so the profile is only parsed. */
describe('the profile observability of docker-compose.yml', () => {
  const ofProfile = Object.entries(compose.services).filter(([, { profiles }]) => profiles !== undefined);

  it('adds Prometheus, Grafana and a collector', () => {
    expect(ofProfile.map(([name, { profiles }]) => [name, profiles])).toEqual([
      ['prometheus', ['observability']],
      ['grafana', ['observability']],
      ['collector', ['observability']],
    ]);
  });

  it('mounts files that exist, and none of them to be written', () => {
    const mounts = ofProfile.flatMap(([, { volumes = [] }]) => volumes.filter((one) => one.startsWith('./')));
    expect(mounts).toHaveLength(4);
    for (const mount of mounts) {
      expect(mount).toMatch(/:ro$/);
      expect(existsSync(new URL(`../../${mount.split(':')[0]}`, import.meta.url))).toBe(true);
    }
  });

  it('scrapes the port that the service has for it, which is not published', () => {
    const { environment = {}, ports = [] } = compose.services['meniscus'] ?? {};
    expect(yaml('ops/prometheus/prometheus.yml')).toMatchObject({
      scrape_configs: [
        {
          job_name: 'meniscus',
          static_configs: [{ targets: [`meniscus:${environment['METRICS_PORT']}`] }],
        },
      ],
    });
    expect(ports.filter((port) => port.includes('9464'))).toEqual([]);
  });

  it('gives Grafana the data source and the folder of the dashboard', () => {
    const provisioned = 'ops/grafana/provisioning';
    expect(yaml(`${provisioned}/datasources/prometheus.yml`)).toMatchObject({
      datasources: [{ type: 'prometheus', url: 'http://prometheus:9090' }],
    });
    const { providers } = yaml(`${provisioned}/dashboards/meniscus.yml`) as {
      providers: { options: { path: string } }[];
    };
    const target = compose.services['grafana']?.volumes?.find((one) => one.includes('meniscus.json'));
    expect(target).toContain(`:${providers[0]?.options.path}/`);
  });

  it('has a collector that exports what it receives', () => {
    expect(yaml('ops/collector/collector.yml')).toMatchObject({
      receivers: { otlp: { protocols: { http: { endpoint: '0.0.0.0:4318' } } } },
      service: { pipelines: { traces: { receivers: ['otlp'], exporters: ['debug'] } } },
    });
  });
});

describe('Dockerfile', () => {
  it.each(['sandbox', 'service'])('runs the %s as a user other than root, with a health check', (stage) => {
    const [, text = ''] = dockerfile.split(new RegExp(`^FROM \\S+ AS ${stage}$`, 'm'));
    const [own = ''] = text.split(/^FROM /m);
    expect(own).toMatch(/^USER node$/m);
    expect(own).toMatch(/^HEALTHCHECK /m);
    expect(own).toMatch(/^CMD \["node", /m);
  });

  it('installs without running a script of any package, and without workspaces', () => {
    const installs = dockerfile.match(/^RUN npm (?:ci|install|i)\b.*$/gm) ?? [];
    expect(installs).not.toEqual([]);
    for (const install of installs) {
      expect(install).toContain(' --ignore-scripts ');
      expect(install).toMatch(/ --workspaces=false$/);
    }
  });

  it('copies only what .dockerignore allows', () => {
    const allowed = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths = '']) =>
      paths.split(' '),
    );
    expect(allowed).toEqual(expect.arrayContaining([...new Set(copied)]));
  });
});

describe('package.json', () => {
  const manifest = JSON.parse(read('package.json')) as {
    engines: { node: string };
    devDependencies: Record<string, string>;
    allowScripts: Record<string, boolean>;
    license: string;
    scripts: Record<string, string>;
    workspaces: string[];
  };

  it('starts in development only where the script says so, as production is the default', () => {
    const { dev, start } = manifest.scripts;
    expect(dev).toMatch(/^NODE_ENV=development /);
    expect(start).not.toContain('NODE_ENV');
    expect(compose.services['meniscus']?.environment).toMatchObject({ NODE_ENV: 'development' });
    expect(dockerfile).toMatch(/^ENV NODE_ENV=production /m);
  });

  it('brings Node 24 itself, and lets only its install script run', () => {
    expect(manifest.engines.node).toBe('>=24');
    expect(manifest.devDependencies['node']).toMatch(/^\^24\./);
    expect(Object.entries(manifest.allowScripts).filter(([, isAllowed]) => isAllowed)).toEqual([
      ['node', true],
    ]);
  });

  it('and its lock name no address of a registry', () => {
    const links = manifest.workspaces.map((folder) => `"resolved": "${folder}"`);
    const resolved = read('package-lock.json').match(/"resolved": .*"/g) ?? [];
    expect(resolved.toSorted()).toEqual(links.toSorted());
    expect(read('package-lock.json')).not.toContain('registry');
  });

  it('is MIT, as LICENSE says', () => {
    expect(manifest.license).toBe('MIT');
    expect(read('LICENSE')).toMatch(/^MIT License/);
  });
});

describe('sandbox/package.json', () => {
  const manifest = JSON.parse(read('sandbox/package.json')) as Record<string, unknown>;
  const root = JSON.parse(read('package.json')) as Record<string, unknown>;

  it('has the version and the license of the service, and its license text', () => {
    expect(manifest).toMatchObject({ version: root['version'], license: root['license'] });
    expect(read('sandbox/LICENSE')).toBe(read('LICENSE'));
    expect(version).toBe(manifest['version']);
  });

  it('depends on no package', () => {
    expect(Object.keys(manifest).filter((key) => /dependencies/i.test(key))).toEqual([]);
  });
});
