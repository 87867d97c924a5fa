import { documentOf } from '../src/manifests/repository.ts';
import { mistakesIn, type Manifest } from './manifests/check-manifests.ts';
import { createKustomize } from './manifests/kustomize.ts';

interface Variable {
  readonly name: string;
}
interface Container {
  readonly image: string;
  readonly env?: readonly Variable[];
  readonly securityContext: object;
}
interface PodSpec {
  readonly automountServiceAccountToken: boolean;
  readonly securityContext: object;
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly hostNetwork?: boolean;
  readonly volumes?: readonly Record<string, unknown>[];
}

const folders = ['docker/kubernetes/dev', 'docker/kubernetes/production', 'docker/nats'];

const podOf = (manifest: Manifest): PodSpec | undefined =>
  (manifest as { spec?: { template?: { spec?: PodSpec } } }).spec?.template?.spec;

/** A copy in which the object at the path has another value at its last key. */
const withChange = (manifest: Manifest, path: readonly (string | number)[], value: unknown): Manifest => {
  const copy = structuredClone(manifest);
  const parents = path.slice(0, -1);
  let at = copy as unknown as Record<string | number, unknown>;
  for (const key of parents) at = at[key] as Record<string | number, unknown>;
  at[path.at(-1) as string] = value;
  return copy;
};

describe('what kustomize makes of the manifests', () => {
  const rendered = new Map<string, Manifest[]>();
  const all = (): Manifest[] => [...rendered.values()].flat();
  const find = (kind: string, name: string): Manifest => {
    const found = rendered
      .get('docker/kubernetes/production')
      ?.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
    if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
    return found;
  };

  beforeAll(() => {
    const kustomize = createKustomize();
    for (const folder of folders) rendered.set(folder, kustomize(folder));
  }, 300_000);

  it('has every kind that runs a service', () => {
    const kinds = new Set(rendered.get('docker/kubernetes/production')?.map(({ kind }) => kind));
    for (const kind of [
      'Deployment',
      'StatefulSet',
      'Service',
      'ConfigMap',
      'PodDisruptionBudget',
      'HorizontalPodAutoscaler',
      'ScaledObject',
      'NetworkPolicy',
      'ServiceMonitor',
      'Ingress',
      'Namespace',
    ]) {
      expect(kinds).toContain(kind);
    }
  });

  it('is what Kubernetes, KEDA and the Prometheus operator know, key by key', () => {
    const rule = {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: { name: 'fleet' },
      spec: documentOf('docker/prometheus/alerts.yaml'),
    };
    expect(mistakesIn([...all(), rule])).toEqual([]);
  }, 120_000);

  const deployment = ['Deployment', 'telemetry-gateway'] as const;
  const container = ['spec', 'template', 'spec', 'containers', 0] as const;
  it.each([
    ['an unknown key', deployment, [...container, 'livenesProbe'], {}, /livenesProbe/],
    ['an unknown key at the top', deployment, ['specs'], {}, /specs/],
    ['a wrong type', deployment, ['spec', 'revisionHistoryLimit'], 'five', /revisionHistoryLimit|string/],
    ['a word that is none of those allowed', deployment, ['spec', 'strategy', 'type'], ['Rolling'], /string/],
    ['something missing', deployment, ['spec', 'selector'], undefined, /selector/],
    ['an unknown key of KEDA', ['ScaledObject', 'metrics-worker'], ['spec', 'maxReplicas'], 8, /maxReplicas/],
    [
      'a wrong type of KEDA',
      ['ScaledObject', 'metrics-worker'],
      ['spec', 'triggers', 0, 'metadata', 'lagThreshold'],
      50_000,
      /number/,
    ],
    [
      'an unknown key of the Prometheus operator',
      ['ServiceMonitor', 'telemetry-gateway'],
      ['spec', 'endpoints', 0, 'intervall'],
      '15s',
      /intervall/,
    ],
    [
      'a malformed duration of the Prometheus operator',
      ['ServiceMonitor', 'telemetry-gateway'],
      ['spec', 'endpoints', 0, 'interval'],
      'often',
      /interval|pattern/,
    ],
  ] as const)(
    'would not pass with %s',
    (_what, [kind, name], path, value, complaint) => {
      const mistakes = mistakesIn([withChange(find(kind, name), path, value)]);
      expect(mistakes.join('\n')).toMatch(complaint);
    },
    60_000,
  );

  it('has no secret and no latest', () => {
    expect(all().filter(({ kind }) => kind === 'Secret')).toEqual([]);
    const images = all().flatMap((manifest) => {
      const { containers = [], initContainers = [] } = podOf(manifest) ?? {};
      return [...containers, ...initContainers].map(({ image }) => image);
    });
    expect(images.length).toBeGreaterThan(5);
    for (const image of images) expect(image).toMatch(/:(?!latest$)[\w][\w.-]*$/);
  });

  it('keeps every pod to Pod Security "restricted", a read-only root and no token', () => {
    const pods = all().flatMap((manifest) => podOf(manifest) ?? []);
    expect(pods.length).toBeGreaterThan(5);
    for (const pod of pods) {
      expect(pod.automountServiceAccountToken).toBe(false);
      expect(pod.securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      expect(pod).not.toHaveProperty('hostNetwork');
      expect(pod).not.toHaveProperty('hostPID');
      const allowedVolumes = ['configMap', 'emptyDir', 'persistentVolumeClaim', 'secret', 'projected'];
      for (const volume of pod.volumes ?? [])
        expect([...allowedVolumes, 'name']).toEqual(expect.arrayContaining(Object.keys(volume)));
      for (const { securityContext } of [...pod.containers, ...(pod.initContainers ?? [])]) {
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
      }
    }
  });

  it('names ConfigMaps by their contents, and pods ask for those names', () => {
    for (const manifests of rendered.values()) {
      const configMaps = manifests.filter(({ kind }) => kind === 'ConfigMap').map(({ metadata }) => metadata);
      expect(configMaps.length).toBeGreaterThan(0);
      const asked = JSON.stringify(manifests.filter(({ kind }) => kind !== 'ConfigMap'));
      for (const { name } of configMaps) {
        expect(name).toMatch(/-[a-z0-9]{10}$/);
        expect(asked).toContain(`"${name}"`);
      }
    }
  });
});
