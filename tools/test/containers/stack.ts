import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { reservePort, startWarden } from '@fleet/testing';

import { command, docker } from './docker.ts';
import { baseImages, root } from './images.ts';

/** Grafana is nobody's dependency, and not to be had from packages. */
const parts = ['nats', 'redis', 'telemetry-gateway', 'metrics-worker', 'prometheus'] as const;
export type Part = (typeof parts)[number];

const portVariables = {
  nats: 'NATS_PORT',
  redis: 'REDIS_PORT',
  'telemetry-gateway': 'GATEWAY_PORT',
  'metrics-worker': 'WORKER_PORT',
  prometheus: 'PROMETHEUS_PORT',
} as const satisfies Record<Part, string>;

/** docker/compose.yaml under a name and on ports of its own. */
export interface Stack extends AsyncDisposable {
  /** The name of a part's container. */
  container(part: Part): string;
  /** Where a part is reached from here, such as `http://127.0.0.1:12345`. */
  url(part: Part, scheme?: string): string;
  readonly network: string;
}

/** Compose of this machine, or else in a container that speaks to the same engine. */
const composeCommand = async (variables: readonly string[]): Promise<readonly string[]> => {
  const own = await docker('compose', 'version').then(
    () => true,
    () => false,
  );
  if (own) return ['compose'];
  const socket = '/var/run/docker.sock';
  return [
    ...[
      'run',
      '--rm',
      '--volume',
      `${socket}:${socket}`,
      '--volume',
      `${root}:${root}:ro`,
      '--workdir',
      root,
    ],
    ...variables.flatMap((name) => ['--env', name]),
    'fleet/compose:trixie',
  ];
};

/** Resolves when all parts are healthy. */
export const startStack = async (version: string): Promise<Stack> => {
  const project = `fleet-test-${randomUUID().slice(0, 8)}`;
  const ports = {} as Record<Part, number>;
  for (const part of parts) ports[part] = await reservePort();
  const env: Record<string, string> = { ...(await baseImages()), FLEET_VERSION: version };
  for (const part of parts) env[portVariables[part]] = String(ports[part]);

  const container = (part: Part) => `${project}-${part}-1`;
  const start = await composeCommand(Object.keys(env));
  const compose = (...args: readonly string[]) =>
    command('docker', [...start, '-p', project, '-f', join(root, 'docker/compose.yaml'), ...args], {
      env,
      timeoutMs: 300_000,
    });
  const wardens = parts.map((part) => startWarden({ container: container(part) }));
  const stop = async () => {
    await compose('down', '--volumes', '--timeout', '1');
    for (const warden of wardens) warden.dismiss();
  };

  try {
    await compose('up', '--wait', '--no-build', ...parts);
  } catch (error) {
    const log = await compose('logs', '--tail', '20').catch(String);
    await stop();
    throw new Error(`the stack did not become healthy: ${String(error)}\n${log}`, { cause: error });
  }
  return {
    container,
    url: (part, scheme = 'http') => `${scheme}://127.0.0.1:${ports[part]}`,
    network: `${project}_default`,
    [Symbol.asyncDispose]: stop,
  };
};
