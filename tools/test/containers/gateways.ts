import { randomUUID } from 'node:crypto';

import { eventually, reservePort, startWarden } from '@fleet/testing';

import { docker, stopContainer } from './docker.ts';

export interface Gateways extends AsyncDisposable {
  /** Each keeps its port when it is restarted. */
  readonly ports: readonly number[];
  /** Stops one as an orchestrator does and starts another in its place; gives the exit code of the old one once the new one is ready. */
  restart(index: number): Promise<number>;
}

export interface GatewaysOptions {
  readonly version: string;
  /** Where they find `nats` and `redis`. */
  readonly network: string;
}

const environment = {
  NATS_URL: 'nats://nats:4222',
  REDIS_URL: 'redis://redis:6379',
  AUTH_MODE: 'none',
  AUTH_ALLOW_ANONYMOUS: 'true',
  DRAIN_SECONDS: '4',
  // All robots of a test have one address.
  CONNECTIONS_PER_ADDRESS_PER_MINUTE: '0',
};

/** Gateways in containers of their own, with nothing but node in them. */
export const startGateways = async (
  count: number,
  { version, network }: GatewaysOptions,
): Promise<Gateways> => {
  const prefix = `fleet-test-gateway-${randomUUID().slice(0, 8)}`;
  const name = (index: number) => `${prefix}-${index}`;
  const ports: number[] = [];
  while (ports.length < count) ports.push(await reservePort());
  const wardens = ports.map((_, index) => startWarden({ container: name(index) }));

  const isReady = async (index: number): Promise<boolean> => {
    const address = 'http://127.0.0.1:9080/readyz';
    const look = `fetch('${address}').then(({ ok }) => process.exit(Number(!ok)))`;
    await docker('exec', name(index), 'node', '-e', look);
    return true;
  };
  const start = async (index: number): Promise<void> => {
    await docker(
      ...['run', '--detach', '--name', name(index), '--network', network],
      ...['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
      ...['--publish', `127.0.0.1:${ports[index]}:8080`],
      ...Object.entries(environment).flatMap(([variable, value]) => ['--env', `${variable}=${value}`]),
      `fleet/telemetry-gateway:${version}`,
    );
    await eventually(() => isReady(index), { withinMs: 60_000, describe: `${name(index)} is ready` });
  };
  const stop = async () => {
    await docker('rm', '--force', '--volumes', ...ports.map((_, index) => name(index)));
    for (const warden of wardens) warden.dismiss();
  };
  try {
    await Promise.all(ports.map((_, index) => start(index)));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ports,
    restart: async (index) => {
      const code = await stopContainer(name(index));
      await docker('rm', name(index));
      await start(index);
      return code;
    },
    [Symbol.asyncDispose]: stop,
  };
};
