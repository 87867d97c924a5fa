import { documentOf, overlayVariables, services, textOf, type ServiceName } from './repository.ts';

/** Where the settings of each service are declared, one `NAME: field` a line. */
const declarations: Record<ServiceName, readonly string[]> = {
  'telemetry-gateway': [
    'apps/telemetry-gateway/src/settings.ts',
    'apps/telemetry-gateway/src/admission/admission-settings.ts',
  ],
  'metrics-worker': ['apps/metrics-worker/src/settings.ts'],
};
const common = [
  'libs/service-runtime/src/settings/common-settings.ts',
  'libs/service-runtime/src/auth/auth-settings.ts',
];

const settingsOf = (service: ServiceName): Set<string> =>
  new Set([
    'NODE_ENV',
    ...[...common, ...declarations[service]].flatMap((path) =>
      [...textOf(path).matchAll(/^ {2}([A-Z][A-Z0-9_]+): \w/gm)].map(([, name]) => String(name)),
    ),
  ]);

interface Variable {
  readonly name: string;
  readonly valueFrom: { readonly secretKeyRef?: { readonly name: string; readonly key: string } };
}
interface Deployment {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { env: Variable[] }[] } };
  };
}

const containerVariables = (service: ServiceName): Variable[] => {
  const { spec } = documentOf(`apps/${service}/kubernetes/deployment.yaml`) as Deployment;
  return spec.template.spec.containers.flatMap(({ env }) => env);
};

const composeVariables = (service: ServiceName): Record<string, string> => {
  const { services: all } = documentOf('docker/compose.yaml') as {
    services: Record<string, { environment?: Record<string, string> }>;
  };
  return all[service]?.environment ?? {};
};

describe.each(services)('the environment of the %s', (service) => {
  const settings = settingsOf(service);

  it('is found where it is declared', () => {
    for (const name of ['PORT', 'ADMIN_PORT', 'NATS_URL', 'REDIS_URL', 'AUTH_MODE', 'JWT_AUDIENCE']) {
      expect(settings).toContain(name);
    }
  });

  it.each([
    ['compose', Object.keys(composeVariables(service))],
    ['dev', Object.keys(overlayVariables('dev', service))],
    ['production', Object.keys(overlayVariables('production', service))],
    ['the Deployment', containerVariables(service).map(({ name }) => name)],
  ])('holds nothing that the service does not read, in %s', (_place, names) => {
    expect(names).not.toEqual([]);
    expect(names.filter((name) => !settings.has(name))).toEqual([]);
  });

  it('has all that a service in production cannot do without', () => {
    const given = new Set([
      ...Object.keys(overlayVariables('production', service)),
      ...containerVariables(service).map(({ name }) => name),
    ]);
    const tokens = ['AUTH_MODE', 'JWT_JWKS_URL', 'JWT_ISSUER', 'JWT_AUDIENCE'];
    const stores = ['REDIS_URL', 'NATS_URL', 'NATS_USER', 'NATS_PASSWORD', 'STREAM_REPLICAS'];
    const own = ['PORT', 'ADMIN_PORT', 'SERVICE_INSTANCE'];
    expect([...tokens, ...stores, ...own].filter((name) => !given.has(name))).toEqual([]);
  });

  it('takes what is secret from a Secret', () => {
    const secrets = containerVariables(service).filter(({ valueFrom }) => valueFrom.secretKeyRef);
    expect(secrets.map(({ name, valueFrom }) => [name, valueFrom.secretKeyRef])).toEqual(
      ['REDIS_URL', 'NATS_USER', 'NATS_PASSWORD'].map((key) => [
        key,
        { name: `${service}-credentials`, key },
      ]),
    );
    for (const { name } of secrets) expect(overlayVariables('production', service)).not.toHaveProperty(name);
  });
});
