import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import {
  reservePort,
  serverMode,
  startNatsCluster,
  type Layout,
  type NatsCluster,
  type NatsLogin,
} from '@fleet/testing';

import { textOf } from '../../src/manifests/repository.ts';

export type NatsUser = 'telemetry_gateway' | 'metrics_worker' | 'reader' | 'operator' | 'system';

const variables: Record<NatsUser, string> = {
  telemetry_gateway: 'NATS_GATEWAY_PASSWORD',
  metrics_worker: 'NATS_WORKER_PASSWORD',
  reader: 'NATS_READER_PASSWORD',
  operator: 'NATS_OPERATOR_PASSWORD',
  system: 'NATS_SYSTEM_PASSWORD',
};
const passwords: Record<NatsUser, string> = {
  telemetry_gateway: 'p1a7e',
  metrics_worker: 'p2b8e',
  reader: 'p3c9e',
  operator: 'p4d0e',
  system: 'p5e1e',
};
const routePassword = 'p6f2e';

export const loginOf = (user: NatsUser): NatsLogin => ({ user, pass: passwords[user] });

/** Servers before 2.10 do not know `sync_interval`. */
const isOld = (): boolean =>
  serverMode() === 'local' && / v2\.\d\./.test(spawnSync('nats-server', ['--version']).stdout.toString());

const replaced = (text: string, changes: readonly (readonly [string, string])[]): string => {
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`cluster.conf says nothing of ${from}`);
    text = text.replace(from, to);
  }
  return text;
};

export interface ShippedCluster extends NatsCluster {
  /** Where server number 0, 1 or 2 tells of itself. */
  monitorUrl(index: number): string;
}

/**
 * Three servers from docker/nats as it is, with the environment that the StatefulSet gives each. Only what three servers
 * on one machine cannot share is their own: ports, addresses and the directory of the data.
 */
export const startShippedCluster = async (): Promise<ShippedCluster> => {
  const monitorPorts = [await reservePort(), await reservePort(), await reservePort()];
  const cluster = await startNatsCluster(3, {
    login: loginOf('operator'),
    layout(self, members, { address, dataDir, configDir }): Layout {
      const text = replaced(textOf('docker/nats/cluster.conf'), [
        ['listen: 0.0.0.0:4222', `listen: "${address}:${self.port}"`],
        ['listen: 0.0.0.0:6222', `listen: "${address}:${self.routePort}"`],
        ['http: 0.0.0.0:8222', `http: "${address}:${monitorPorts[members.indexOf(self)]}"`],
        ['store_dir: /data', `store_dir: "${dataDir}"`],
        ...(isOld() ? [['sync_interval: 5s', ''] as const] : []),
      ]);
      const routes = members.map(({ routePort }) => `nats://route:${routePassword}@${address}:${routePort}`);
      return {
        args: ['--config', join(configDir, 'cluster.conf')],
        files: { 'cluster.conf': text, 'accounts.conf': textOf('docker/nats/accounts.conf') },
        env: {
          ...Object.fromEntries(
            Object.entries(variables).map(([user, name]) => [name, passwords[user as NatsUser]]),
          ),
          SERVER_NAME: self.name,
          NATS_ROUTE_PASSWORD: routePassword,
          NATS_ROUTES: `[${routes.join(', ')}]`,
        },
      };
    },
  });
  return { ...cluster, monitorUrl: (index) => `http://127.0.0.1:${monitorPorts[index]}` };
};
