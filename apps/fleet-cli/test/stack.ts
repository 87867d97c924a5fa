import { resolve } from 'node:path';

import { reservePort, startChild, startNats, startRedis, type Child, type Server } from '@fleet/testing';

const gatewayEntry = resolve(__dirname, '../../telemetry-gateway/src/main.ts');

/** A gateway with servers of its own, which can be killed and comes back on the same port. */
export interface Stack {
  readonly nats: Server;
  readonly redis: Server;
  readonly gatewayUrl: string;
  /** SIGKILL unless told otherwise; resolves when it has ended. */
  killGateway(signal?: NodeJS.Signals): Promise<void>;
  /** @param env beyond what it needs to find its servers */
  startGateway(env?: Readonly<Record<string, string>>): Promise<void>;
  stop(): Promise<void>;
}

export const startStack = async (): Promise<Stack> => {
  const [nats, redis, port] = await Promise.all([startNats(), startRedis(), reservePort()]);
  let gateway: Child | undefined;
  const killGateway = async (signal: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
    gateway?.kill(signal);
    await gateway?.exited;
  };
  const startGateway = async (env: Readonly<Record<string, string>> = {}): Promise<void> => {
    gateway = startChild({
      entry: gatewayEntry,
      env: {
        NATS_URL: nats.url,
        REDIS_URL: redis.url,
        PORT: String(port),
        ADMIN_PORT: '0',
        NODE_ENV: 'test',
        DRAIN_SECONDS: '2',
        // A replay at full speed is meant to be faster than a robot.
        ROBOT_RATE_PER_SECOND: '0',
        ROBOT_BYTES_PER_SECOND: '0',
        ...env,
      },
    });
    await gateway.line(/gateway listens/, 30_000);
  };
  const stop = async (): Promise<void> => {
    await killGateway();
    await Promise.all([nats.stop(), redis.stop()]);
  };
  try {
    await startGateway();
  } catch (error) {
    await stop();
    throw error;
  }
  return { nats, redis, gatewayUrl: `ws://127.0.0.1:${port}`, killGateway, startGateway, stop };
};
