import type { BackingServers } from './backing-servers.ts';

export interface Addresses extends BackingServers {
  readonly gateway: string;
  readonly worker: string;
  readonly gatewayAdmin: string;
  readonly workerAdmin: string;
  readonly logs: string;
}

const withoutPassword = (url: string) => url.replace(/\/\/[^@/]*@/, '//…@');

/** What a person needs to know to look around. */
export const introduction = (addresses: Addresses): string => {
  const { gateway, worker, gatewayAdmin, workerAdmin, natsUrl, redisUrl, logs } = addresses;
  const robots = gateway.replace('http', 'ws');
  const watch = natsUrl === 'nats://127.0.0.1:4222' ? '' : `NATS_URL=${withoutPassword(natsUrl)} `;
  return `
  telemetry-gateway  ${gateway}   robots at ${robots}/ws/{robot_id}   admin ${gatewayAdmin}
  metrics-worker     ${worker}   admin ${workerAdmin}
  NATS               ${withoutPassword(natsUrl)}
  Redis              ${withoutPassword(redisUrl)}
  logs               ${logs}

  Try, in another terminal:
    curl ${gateway}/robots
    curl '${worker}/missions/metrics?window=5m'
    ${watch}node apps/fleet-cli/dist/main.js watch 'charter.v1.telemetry.>'

  Ctrl-C stops everything.
`;
};
