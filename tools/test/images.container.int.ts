import { randomUUID } from 'node:crypto';

import { services } from '../src/manifests/repository.ts';
import { docker } from './containers/docker.ts';
import { baseImages, buildServices } from './containers/images.ts';

const version = 'test';
const megabyte = 1024 ** 2;

interface InspectedImage {
  readonly Size: number;
  readonly RootFS: { readonly Layers: readonly string[] };
  readonly Config: {
    readonly User: string;
    readonly Env: readonly string[];
    readonly Labels: Readonly<Record<string, string>>;
    readonly Healthcheck: { readonly Test: readonly string[] };
  };
}

const inspectImage = async (name: string): Promise<InspectedImage> => {
  const [image] = JSON.parse(await docker('image', 'inspect', name)) as InspectedImage[];
  if (image === undefined) throw new Error(`there is no image ${name}`);
  return image;
};

beforeAll(() => buildServices(version), 1_200_000);

describe.each(services)('the image of the %s', (service) => {
  const image = `fleet/${service}:${version}`;

  it('says what it is', async () => {
    const { Config } = await inspectImage(image);
    expect(Config.User).toBe('1000:1000');
    expect(Config.Healthcheck.Test.join(' ')).toContain('/livez');
    const label = (name: string) => Config.Labels[`org.opencontainers.image.${name}`];
    expect(label('title')).toBe(service);
    expect(label('version')).toBe(version);
    expect(label('revision')).toMatch(/^([0-9a-f]{40}|unknown)$/);
    expect(label('created')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(label('source')).toMatch(/^https:/);
  }, 60_000);

  it('adds less than 200 MB to its base', async () => {
    const { NODE_IMAGE = 'node:24-trixie-slim' } = await baseImages();
    const base = await inspectImage(NODE_IMAGE);
    const { Size, RootFS } = await inspectImage(image);
    expect(RootFS.Layers.slice(0, base.RootFS.Layers.length)).toEqual(base.RootFS.Layers);
    expect(Size - base.Size).toBeLessThan(200 * megabyte);
  }, 60_000);

  it('holds no secret, no sources and no tools', async () => {
    const find = 'find / -xdev ( -path /usr -o -path /etc -o -path /var -o -path /dev ) -prune -o -print';
    const [program = '', ...args] = find.split(' ');
    const run = ['run', '--rm', '--network', 'none', '--user', '0', '--entrypoint', program, image];
    const found = await docker(...run, ...args);
    const files = found.split('\n');
    expect(
      files.filter((file) => /\/(\.env|\.npmrc|\.npm|\.git|id_\w+)$|\.(pem|key|p12)$/.test(file)),
    ).toEqual([]);
    const ours = files.filter((file) => file.startsWith('/fleet/') && !file.includes('/node_modules/'));
    expect(ours).toContain(`/fleet/apps/${service}/dist/main.js`);
    expect(ours.filter((file) => /\.(ts|map|md)$|\/test\/|\.spec\./.test(file))).toEqual([]);
    for (const tool of ['typescript', 'jest', 'nx'])
      expect(files).not.toContain(`/fleet/node_modules/${tool}`);
    const { Config } = await inspectImage(image);
    expect(Config.Env.filter((line) => /PASSWORD|TOKEN|SECRET|CERTIFICATE|REGISTRY/i.test(line))).toEqual([]);
    expect(await docker('history', '--no-trunc', image)).not.toMatch(
      /BEGIN CERTIFICATE|CA_CERTIFICATES|REGISTRY/,
    );
  }, 60_000);
});

it('has the same layers when it is built once more from nothing', async () => {
  const again = `again-${randomUUID().slice(0, 8)}`;
  try {
    await buildServices(again, 'metrics-worker', '--build-arg', `FRESH=${again}`);
    const layers = async (tag: string) => (await inspectImage(`fleet/metrics-worker:${tag}`)).RootFS.Layers;
    expect(await layers(again)).toEqual(await layers(version));
  } finally {
    await docker('rmi', `fleet/metrics-worker:${again}`);
  }
}, 900_000);
