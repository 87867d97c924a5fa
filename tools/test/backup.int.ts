import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startEventStream, type EventStream } from '@fleet/event-stream';
import { eventually, readStored, startChild, startNats, startRedis, type Server } from '@fleet/testing';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { Redis } from 'ioredis';

import { textOf } from '../src/manifests/repository.ts';
import { backupStream } from '../src/streams/backup-stream.ts';
import { restoreStream } from '../src/streams/restore-stream.ts';

const accounts = () =>
  ['GATEWAY', 'WORKER', 'READER', 'OPERATOR', 'SYSTEM']
    .map((name) => `NATS_${name}_PASSWORD: "p${name}"\n`)
    .join('') + textOf('docker/nats/accounts.conf');
const operator = { user: 'operator', pass: 'pOPERATOR' };
const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

describe('a backup of a stream', () => {
  let nats: Server;
  let directory: string;
  let nc: NatsConnection;
  let manager: JetStreamManager;

  beforeAll(async () => {
    nats = await startNats({ config: accounts() });
    directory = await mkdtemp(join(tmpdir(), 'fleet-backup-'));
    nc = await connect({ servers: nats.url, ...operator });
    manager = await jetstreamManager(nc);
  }, 120_000);

  afterAll(async () => {
    await nc.close();
    await nats.stop();
    await rm(directory, { recursive: true });
  });

  const openGateway = () =>
    startEventStream(
      {
        servers: [nats.url],
        name: 'gateway',
        instance: 'gateway-1',
        user: 'telemetry_gateway',
        password: 'pGATEWAY',
      },
      { log: silent },
    );

  const run = async (name: 'backup' | 'restore', ...args: readonly string[]) => {
    await using child = startChild({
      entry: join(__dirname, `../src/${name}.ts`),
      args,
      env: { NATS_URL: nats.url, NATS_USER: operator.user, NATS_PASSWORD: operator.pass },
    });
    const { code } = await child.exited;
    return { code, said: child.lines.join('\n') };
  };

  const stored = async () => {
    const events = await readStored(nats.url, 'telemetry.connection_established', operator);
    return events.map(({ payload }) => payload.robot_id);
  };

  it('brings back every event with its sequence, and consumers to where they were', async () => {
    const robots = Array.from({ length: 3_000 }, (_, index) => `robot_${index}`);
    const handled: string[] = [];
    const follow = (stream: EventStream) =>
      stream.subscribe({
        durable: 'telemetry_gateway_connections_1',
        types: ['telemetry.connection_established'],
        from: 'all',
        handle: (event) => void handled.push(event.payload.robot_id),
      });
    const publish = (stream: EventStream, robotId: string) =>
      stream.publish('telemetry.connection_established', {
        robot_id: robotId,
        connection_id: `ws_${robotId}_1700000000_abcdef`,
        connected_at: 1_700_000_000,
      });
    const before = openGateway();
    follow(before);
    await Promise.all(robots.map((robotId) => publish(before, robotId)));
    await eventually(() => handled.length === robots.length);
    await before.close(5_000);
    const events = await stored();

    const backup = join(directory, 'events');
    expect(await run('backup', 'CHARTER_EVENTS', backup)).toEqual({
      code: 0,
      said: expect.stringMatching(
        /^CHARTER_EVENTS: 3000 messages, sequences 1 to 3000, \d+ bytes/,
      ) as unknown,
    });
    await manager.streams.delete('CHARTER_EVENTS');
    expect(await run('restore', backup)).toMatchObject({ code: 0 });

    expect(await stored()).toEqual(events);
    const after = openGateway();
    follow(after);
    expect(await publish(after, 'robot_after')).toMatchObject({ sequence: 3_001 });
    await eventually(() => handled.includes('robot_after'));
    expect(handled).toHaveLength(robots.length + 1);
    await after.close(5_000);
  }, 60_000);

  it('overwrites no other, and is not restored over a stream', async () => {
    const backup = join(directory, 'events');
    expect(await run('backup', 'CHARTER_EVENTS', backup)).toEqual({
      code: 1,
      said: expect.stringMatching(/file already exists/) as unknown,
    });
    await expect(restoreStream(nc, backup)).rejects.toThrow(/CHARTER_EVENTS is there/);
  }, 60_000);

  it('leaves nothing that could be taken for one when it fails', async () => {
    const failed = join(directory, 'failed');
    await expect(backupStream(nc, 'CHARTER_NOTHING', failed)).rejects.toThrow(/stream not found/);
    expect(await readdir(failed)).toEqual([]);
    await expect(restoreStream(nc, failed)).rejects.toThrow(/no such file.*backup\.json/);
  });

  it('is not begun where a description of another is left', async () => {
    const left = join(directory, 'left');
    await mkdir(left);
    await writeFile(join(left, 'backup.json'), 'of another');
    await expect(backupStream(nc, 'CHARTER_EVENTS', left)).rejects.toThrow(/already exists/);
    expect(await readdir(left)).toEqual(['backup.json']);
    expect(await readFile(join(left, 'backup.json'), 'utf8')).toBe('of another');
    await expect(restoreStream(nc, left)).rejects.toThrow(/backup\.json does not describe a backup/);
  });

  it('of three copies can be restored where there is one server', async () => {
    const backup = join(directory, 'events');
    const facts = join(backup, 'backup.json');
    const text = await readFile(facts, 'utf8');
    await manager.streams.delete('CHARTER_EVENTS');
    await writeFile(facts, text.replace('"num_replicas": 1', '"num_replicas": 3'));
    await expect(restoreStream(nc, backup)).rejects.toThrow(/replicas > 1 not supported/);
    await writeFile(facts, text);
    expect((await restoreStream(nc, backup)).state.messages).toBe(3_000);
  }, 60_000);

  it('that is not whole makes no stream', async () => {
    const backup = join(directory, 'cut');
    await backupStream(nc, 'CHARTER_EVENTS', backup);
    const content = join(backup, 'stream.tar.s2');
    await truncate(content, Math.floor((await stat(content)).size / 2));
    await manager.streams.delete('CHARTER_EVENTS');
    await expect(restoreStream(nc, backup)).rejects.toThrow();
    await expect(manager.streams.info('CHARTER_EVENTS')).rejects.toThrow(/not found/);
    await restoreStream(nc, join(directory, 'events'));
  }, 60_000);
});

describe('a backup of Redis', () => {
  it('is read by a Redis without append-only file, which then begins one', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'fleet-backup-'));
    // The server may be another user than this one.
    await chmod(directory, 0o777);
    const dump = join(directory, 'dump.rdb');
    const numbers = async (redis: Server) => {
      const client = new Redis(redis.url);
      try {
        return await client.get('numbers');
      } finally {
        client.disconnect();
      }
    };
    try {
      await using lost = await startRedis();
      const client = new Redis(lost.url);
      await client.set('numbers', '1-3000');
      client.disconnect();
      const { status } = spawnSync('redis-cli', ['-u', lost.url, '--rdb', dump], { timeout: 20_000 });
      expect(status).toBe(0);
      await chmod(dump, 0o644);
      {
        await using restoring = await startRedis({ storeDir: directory, appendOnly: false });
        expect(await numbers(restoring)).toBe('1-3000');
        const operators = new Redis(restoring.url);
        await operators.config('SET', 'appendonly', 'yes');
        await eventually(async () =>
          (await operators.info('persistence')).includes('aof_rewrite_in_progress:0'),
        );
        operators.disconnect();
      }
      await using again = await startRedis({ storeDir: directory });
      expect(await numbers(again)).toBe('1-3000');
    } finally {
      await rm(directory, { recursive: true });
    }
  }, 60_000);
});
