import { join } from 'node:path';

import type { Lifecycle } from '@fleet/service-runtime';

import type { BackingServers } from './backing-servers.ts';
import { entryOf } from './build.ts';
import { freePort } from './free-port.ts';
import { createLogView } from './log-line.ts';
import { startProgram, type RunningProgram } from './program.ts';
import { becomeReady } from './service.ts';

export interface StartedService {
  readonly program: RunningProgram;
  readonly port: number;
  readonly adminPort: number;
}

interface Parts {
  readonly lifecycle: Lifecycle;
  readonly servers: BackingServers;
  readonly logs: string;
  readonly say: (line: string) => void;
}

interface ServiceFacts {
  readonly app: 'telemetry-gateway' | 'metrics-worker';
  readonly port: number;
  readonly adminPort: number;
  /** What suits a person trying things out, unless the environment says otherwise. */
  readonly defaults: Readonly<Record<string, string>>;
}

const startService = async (
  { app, defaults, ...usual }: ServiceFacts,
  { lifecycle, servers, logs, say }: Parts,
): Promise<StartedService> => {
  const port = await freePort(usual.port, app, say);
  const adminPort = await freePort(usual.adminPort, `${app}'s admin port`, say);
  const worthShowing = createLogView();
  const program = startProgram({
    name: app,
    entry: entryOf(app),
    env: {
      ...defaults,
      ...process.env,
      NATS_URL: servers.natsUrl,
      REDIS_URL: servers.redisUrl,
      PORT: String(port),
      ADMIN_PORT: String(adminPort),
    },
    log: {
      file: join(logs, `${app}.log`),
      line: (line) => {
        const shown = worthShowing(line);
        if (shown !== undefined) say(`${app}: ${shown}`);
      },
    },
  });
  lifecycle.defer(app, () => program.stop());
  await becomeReady(program, adminPort);
  return { program, port, adminPort };
};

export const startGateway = (parts: Parts): Promise<StartedService> =>
  startService(
    { app: 'telemetry-gateway', port: 8080, adminPort: 9080, defaults: { DRAIN_SECONDS: '1' } },
    parts,
  );

export const startWorker = (parts: Parts): Promise<StartedService> =>
  startService(
    { app: 'metrics-worker', port: 8081, adminPort: 9081, defaults: { AGGREGATION_INTERVAL_SECONDS: '5' } },
    parts,
  );
