import { join } from 'node:path';

import { startChild, type Child } from '@fleet/testing';

export interface GatewayProcess {
  readonly child: Child;
  readonly port: number;
  readonly ws: string;
  readonly admin: string;
}

/** The gateway as a process of its own, for what has to be killed or told to stop. */
export const startGatewayProcess = async (env: Record<string, string>): Promise<GatewayProcess> => {
  const child = startChild({
    entry: join(__dirname, '../../src/main.ts'),
    env: {
      PORT: '0',
      ADMIN_PORT: '0',
      HEARTBEAT_INTERVAL_MS: '1000',
      DRAIN_SECONDS: '1',
      CONNECTIONS_PER_ADDRESS_PER_MINUTE: '0',
      ...env,
    },
  });
  const line = await child.line(/gateway listens/, 40_000);
  const { port, adminPort } = JSON.parse(line) as { port: number; adminPort: number };
  return { child, port, ws: `ws://127.0.0.1:${port}`, admin: `http://127.0.0.1:${adminPort}` };
};
