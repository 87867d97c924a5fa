import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { readYaml } from './read-yaml.ts';
import { documentOf, operatorsFiles, overlayVariables, services, textOf } from './repository.ts';

interface Container {
  readonly image: string;
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly securityContext: object;
  readonly lifecycle: { readonly preStop: { readonly exec: { readonly command: readonly string[] } } };
  readonly resources: object;
}
interface PodSpec {
  readonly securityContext: object;
  readonly automountServiceAccountToken: boolean;
  readonly terminationGracePeriodSeconds: number;
  readonly containers: readonly Container[];
}
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: unknown;
  readonly spec: { readonly template: { readonly spec: PodSpec } };
}

const root = join(__dirname, '../../..');
const yamlFiles = operatorsFiles('.yaml');
const manifests = yamlFiles.flatMap((path) =>
  readYaml(textOf(path))
    .filter((document): document is Manifest => typeof document === 'object' && document !== null)
    .filter(({ kind }) => (kind as unknown) !== undefined)
    .map((manifest) => ({ path, manifest })),
);
const workloads = manifests.filter(({ manifest }) => ['Deployment', 'StatefulSet'].includes(manifest.kind));

describe('the files of operators', () => {
  it('are all there and all YAML', () => {
    expect(yamlFiles.length).toBeGreaterThan(25);
    for (const path of yamlFiles) expect(() => readYaml(textOf(path))).not.toThrow();
  });

  it('name no file that is not there', () => {
    const missing = yamlFiles
      .filter((path) => path.endsWith('kustomization.yaml'))
      .flatMap((path) => {
        const {
          resources = [],
          components = [],
          patches = [],
          configMapGenerator = [],
        } = documentOf(path) as Record<
          string,
          (string & { path: string; envs?: string[]; files?: string[] })[]
        >;
        const named = [
          ...resources,
          ...components,
          ...patches.map((patch) => patch.path),
          ...configMapGenerator.flatMap(({ envs = [], files = [] }) => [...envs, ...files]),
        ];
        return named.map((name) => join(dirname(path), name));
      })
      .filter((path) => !existsSync(join(root, path)));
    expect(missing).toEqual([]);
  });

  it('pin every image, and none to latest', () => {
    const images = [
      ...workloads.flatMap(({ manifest }) =>
        manifest.spec.template.spec.containers.map(({ image }) => image),
      ),
      ...Object.values(
        (documentOf('docker/compose.yaml') as { services: Record<string, { image: string }> }).services,
      ).map(({ image }) => image.replace(/\$\{\w+:-([^}]*)\}/g, '$1')),
      ...[...textOf('docker/service.Dockerfile').matchAll(/^ARG NODE_IMAGE=(.*)$/gm)].map(([, image]) =>
        String(image),
      ),
    ];
    expect(images.length).toBeGreaterThan(10);
    for (const image of images) expect(image).toMatch(/^[\w./-]+:[\w][\w.-]*$/);
    expect(images.filter((image) => image.endsWith(':latest'))).toEqual([]);
  });

  it('pin every action of a workflow to a commit, and say which version that is', () => {
    const used = operatorsFiles('.yaml')
      .filter((path) => path.startsWith('.github/'))
      .flatMap((path) => [...textOf(path).matchAll(/\buses: *(.*)$/gm)].map(([, action]) => action));
    expect(used.length).toBeGreaterThan(5);
    for (const action of used) expect(action).toMatch(/^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('hold no secret', () => {
    expect(manifests.filter(({ manifest }) => manifest.kind === 'Secret')).toEqual([]);
    const everything = [...operatorsFiles('.yaml'), ...operatorsFiles('.env'), ...operatorsFiles('.conf')];
    const suspicious = everything.flatMap((path) =>
      textOf(path)
        .split('\n')
        .filter((line) => !line.trim().startsWith('#'))
        .filter((line) => /(password|secret|token|_key)["']?\s*[:=]\s*["']?[^\s$"'{[]/i.test(line))
        // Names of Secrets and rights to tokens, not their contents.
        .filter((line) => !/^\s*(secretName|key|id-token|automountServiceAccountToken):/.test(line))
        .map((line) => `${path}: ${line.trim()}`),
    );
    expect(suspicious).toEqual([]);
    for (const path of everything) expect(textOf(path)).not.toMatch(/:\/\/[^\s:/@$]+:[^\s@$(]+@/);
  });
});

describe('the pods', () => {
  it.each(workloads.map(({ path, manifest }) => [path, manifest] as const))(
    '%s meets Pod Security "restricted", with a root that is read-only',
    (_path, { spec }) => {
      const pod = spec.template.spec;
      expect(pod.automountServiceAccountToken).toBe(false);
      expect(pod.securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      for (const container of pod.containers) {
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        expect(container.resources).toMatchObject({
          requests: { cpu: expect.anything() as unknown, memory: expect.anything() as unknown },
          limits: { memory: expect.anything() as unknown },
        });
      }
    },
  );

  it.each(services)('of the %s have time for an orderly stop, and listen where they say', (service) => {
    const path = `apps/${service}/kubernetes/deployment.yaml`;
    const { spec } = (documentOf(path) as Manifest).spec.template;
    const [container] = spec.containers;
    const preStopSeconds = Number(container?.lifecycle.preStop.exec.command[1]);
    expect(preStopSeconds).toBeGreaterThan(0);
    for (const overlay of ['dev', 'production'] as const) {
      const variables = overlayVariables(overlay, service);
      const stopSeconds =
        Number(variables['SHUTDOWN_TIMEOUT_MS']) / 1000 + Number(variables['DRAIN_SECONDS'] ?? 0);
      expect(spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(preStopSeconds + stopSeconds + 5);
      const ports = Object.fromEntries(
        (container?.ports ?? []).map(({ name, containerPort }) => [name, String(containerPort)]),
      );
      expect(ports).toEqual({ http: variables['PORT'], admin: variables['ADMIN_PORT'] });
    }
  });
});
