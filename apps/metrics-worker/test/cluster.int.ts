import { connectRedis } from '@fleet/fleet-store';
import { eventually, reservePort, startRedis } from '@fleet/testing';

import { counted } from './counted-fixture.ts';
import { missionEntries, missionStreamKey } from './missions-fixture.ts';
import { startTestWorker } from './worker-fixture.ts';

jest.setTimeout(60_000);

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

it('counts on a Redis Cluster, which refuses a step that is not in one hash slot', async () => {
  const busPort = await reservePort();
  // A node alone in its cluster does not know its own address unless told.
  const args = [
    '--cluster-enabled',
    'yes',
    '--cluster-port',
    String(busPort),
    '--cluster-announce-ip',
    '127.0.0.1',
  ];
  await using server = await startRedis({ args, hostNetwork: true });
  const single = connectRedis({ url: server.url, name: 'test', log: quiet });
  await single.untilReady();
  try {
    await single.commands.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    await eventually(async () => String(await single.commands.call('CLUSTER', 'INFO')).includes('state:ok'));
    for (let mission = 0; mission < 1000; mission += 1) {
      for (const fields of missionEntries(`m${mission}`, mission % 4 === 0 ? 'failed' : 'completed')) {
        await single.commands.xadd(missionStreamKey, '*', ...Object.entries(fields).flat());
      }
    }
    await using worker = await startTestWorker({ redis: server.url }, { REDIS_CLUSTER: 'true' });
    expect(await counted(worker, 3000)).toMatchObject({ created: 1000, completed: 750, failed: 250 });
    expect(worker.logged.filter(({ level }) => Number(level) >= 50)).toEqual([]);
  } finally {
    await single.stop();
  }
});
