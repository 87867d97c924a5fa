import type { BackingServers } from './backing-servers.ts';

export interface Addresses extends BackingServers {
  readonly gateway: string;
  readonly worker: string;
  readonly gatewayAdmin: string;
  readonly workerAdmin: string;
  readonly logs: string;
  /** One that is or will be there; undefined when none is. */
  readonly robotId: string | undefined;
}

const withoutPassword = (url: string) => url.replace(/\/\/[^@/]*@/, '//…@');

/** What a person needs to know to look around. */
export const introduction = (addresses: Addresses): string => {
  const { gateway, worker, gatewayAdmin, workerAdmin, natsUrl, redisUrl, logs, robotId } = addresses;
  const robots = gateway.replace('http', 'ws');
  const watch = natsUrl === 'nats://127.0.0.1:4222' ? '' : `NATS_URL=${withoutPassword(natsUrl)} `;
  const readings = robotId === undefined ? '' : `    curl ${gateway}/robots/${robotId}/metrics\n`;
  return `
  telemetry-gateway  ${gateway}   robots at ${robots}/ws/{robot_id}   admin ${gatewayAdmin}
  metrics-worker     ${worker}   admin ${workerAdmin}
  NATS               ${withoutPassword(natsUrl)}
  Redis              ${withoutPassword(redisUrl)}
  logs               ${logs}

  Try, in another terminal:
    curl ${gateway}/robots
${readings}    curl '${worker}/missions/metrics?window=5m'
    ${watch}npx fleet watch 'charter.v1.telemetry.>'

  Ctrl-C stops everything. The logs stay with --keep-data DIR only.
`;
};
