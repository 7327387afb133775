import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { readSettings, settingNames } from '../../src/config/read-settings.js';
import { METRICS } from '../../src/observability/metrics/metric-catalog.js';

const FOLDER = join(import.meta.dirname, '../../ops/kubernetes');
const LABELS = { 'app.kubernetes.io/name': 'meniscus' };

// oxlint-disable-next-line typescript/no-explicit-any -- a test reads into a manifest as it expects it to be
type Manifest = any;

const { status, stdout, error } = spawnSync('kubectl', ['kustomize', FOLDER], { encoding: 'utf8' });
if (error)
  console.warn('KUSTOMIZE DOES NOT RENDER OPS/KUBERNETES, THE FILES ARE ONLY PARSED. INSTALL KUBECTL.');

const files = readdirSync(FOLDER).filter((name) => name !== 'kustomization.yaml');
const manifests: Manifest[] = files.map((name) => parse(readFileSync(join(FOLDER, name), 'utf8')));
const of = (kind: string): Manifest => manifests.find((one) => one.kind === kind);
const pod = of('Deployment').spec.template.spec;
const [container] = pod.containers;
const variables: Record<string, string> = {
  ...of('ConfigMap').data,
  ...Object.fromEntries(container.env.map(({ name, value }: Record<string, string>) => [name, value])),
};

describe('ops/kubernetes', () => {
  it('lists each of its files', () => {
    const { resources } = parse(readFileSync(join(FOLDER, 'kustomization.yaml'), 'utf8'));
    expect(resources.toSorted()).toEqual(files.toSorted());
    expect(manifests.map(({ metadata }) => metadata.name)).toEqual(files.map(() => 'meniscus'));
  });

  it.skipIf(error)('is rendered by kustomize, with selectors that meet the labels of the pods', () => {
    expect(status).toBe(0);
    const rendered: Manifest[] = parseAllDocuments(stdout).map((one) => one.toJS());
    expect(rendered).toHaveLength(files.length);
    for (const { metadata } of rendered)
      expect(metadata).toMatchObject({ namespace: 'meniscus', labels: LABELS });
    const renderedAs = (kind: string): Manifest => rendered.find((one) => one.kind === kind).spec;
    expect(renderedAs('Deployment').template.metadata.labels).toEqual(LABELS);
    expect(renderedAs('Deployment').selector.matchLabels).toEqual(LABELS);
    expect(renderedAs('Service').selector).toEqual(LABELS);
    expect(renderedAs('PodDisruptionBudget').selector.matchLabels).toEqual(LABELS);
    expect(renderedAs('NetworkPolicy').podSelector.matchLabels).toEqual(LABELS);
    const { version } = JSON.parse(readFileSync(join(FOLDER, '../../package.json'), 'utf8'));
    expect(renderedAs('Deployment').template.spec.containers[0].image).toBe(`meniscus:${version}`);
  });

  it('sets only variables that the service reads, to values that it accepts in production', () => {
    expect(settingNames()).toEqual(expect.arrayContaining(Object.keys(variables)));
    // The content of the secrets is elsewhere.
    const secrets = {
      DATABASE_URL: 'postgresql://meniscus@db.example/meniscus',
      DATA_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
      LOG_HASH_KEY: 'x'.repeat(40),
      UPSTREAM_OAUTH_SECRET: 'x',
    };
    const ours = Object.entries(variables).filter(([name]) => !(name.replace(/_FILE$/, '') in secrets));
    expect(readSettings({ ...Object.fromEntries(ours), ...secrets }).SHUTDOWN_DELAY_MS).toBe(5000);
    const names = Object.keys(variables);
    for (const name of Object.keys(secrets)) expect(names).toContain(`${name}_FILE`);
  });

  it('mounts each file that a variable names, without subPath, and read-only', () => {
    const paths = Object.entries(variables).flatMap(([name, value]) =>
      name.endsWith('_FILE') ? [value] : [],
    );
    expect(paths).toHaveLength(5);
    for (const path of paths) {
      const mount = container.volumeMounts.find((one: Manifest) => path.startsWith(`${one.mountPath}/`));
      expect(mount).toMatchObject({ readOnly: true });
      expect(mount.subPath).toBeUndefined();
      const volume = pod.volumes.find(({ name }: Manifest) => name === mount.name);
      expect(volume.secret.secretName).toMatch(/^meniscus-/);
    }
  });

  it('leaves more time to end than the service takes', () => {
    const { SHUTDOWN_DELAY_MS, DRAIN_TIMEOUT_MS } = variables;
    const lastResponsesMs = 1000;
    expect(pod.terminationGracePeriodSeconds * 1000).toBeGreaterThan(
      Number(SHUTDOWN_DELAY_MS) + Number(DRAIN_TIMEOUT_MS) + lastResponsesMs,
    );
    const { periodSeconds, failureThreshold } = container.readinessProbe;
    expect(Number(SHUTDOWN_DELAY_MS)).toBeGreaterThan(1000 * periodSeconds * failureThreshold);
  });

  it('has the ports of the settings in the container, the service, the probes and the policy', () => {
    const ports = Object.fromEntries(
      container.ports.map(({ name, containerPort }: Manifest) => [name, containerPort]),
    );
    expect(ports).toEqual({ http: Number(variables['PORT']), metrics: Number(variables['METRICS_PORT']) });
    expect(of('Service').spec.ports).toMatchObject([{ targetPort: 'http' }]);
    const { annotations } = of('Deployment').spec.template.metadata;
    expect(annotations['prometheus.io/port']).toBe(variables['METRICS_PORT']);
    const probes = ['startupProbe', 'livenessProbe', 'readinessProbe'].map((name) => container[name].httpGet);
    expect(probes.map(({ path, port }) => `${port} ${path}`)).toEqual([
      'http /health/live',
      'http /health/live',
      'http /health/ready',
    ]);
    const { ingress } = of('NetworkPolicy').spec;
    expect(ingress.map((one: Manifest) => one.ports[0].port)).toEqual(['http', 'metrics']);
  });

  it('runs as another user than root, without rights, on a file system that is read-only', () => {
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
    expect(pod.automountServiceAccountToken).toBe(false);
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  it('scales by a metric that the service has', () => {
    const { scaleTargetRef, metrics, minReplicas } = of('HorizontalPodAutoscaler').spec;
    expect(scaleTargetRef).toEqual({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'meniscus' });
    expect(Object.keys(METRICS)).toContain(metrics[0].pods.metric.name);
    expect(minReplicas).toBe(2);
    expect(of('Deployment').spec.replicas).toBeUndefined();
  });
});
