import { RetentionPolicy } from '@nats-io/jetstream';

import { eventually, startNats } from '@fleet/testing';

import type { ContradictionError } from '../src/index.ts';
import { administer } from './support/administer.ts';
import { openStream } from './support/open-stream.ts';
import { sample } from './support/sample.ts';

const telemetry = 'charter.v1.telemetry.data_received.*';

describe('the streams at start', () => {
  it('are made as they are configured', async () => {
    await using server = await startNats();
    await using open = openStream(server, {
      streams: { CHARTER_TELEMETRY: { maxBytes: 5_000_000, maxAgeSeconds: 3_600 } },
    });
    await eventually(() => open.stream.status().ready);
    const infos = await administer(server, (manager) => manager.streams.list().next());
    expect(infos.map(({ config }) => config.name).sort()).toEqual([
      'CHARTER_DEAD_LETTERS',
      'CHARTER_EVENTS',
      'CHARTER_TELEMETRY',
    ]);
    const config = infos.find((info) => info.config.name === 'CHARTER_TELEMETRY')?.config;
    expect(config).toMatchObject({
      subjects: [telemetry],
      max_bytes: 5_000_000,
      max_age: 3_600e9,
      duplicate_window: 120e9,
      storage: 'file',
      retention: 'limits',
      num_replicas: 1,
    });
  }, 60_000);

  it('are widened, never narrowed', async () => {
    await using server = await startNats();
    await administer(server, (manager) =>
      manager.streams.add({
        name: 'CHARTER_TELEMETRY',
        subjects: ['elsewhere.telemetry'],
        max_bytes: 1_000_000,
        max_age: 0,
        duplicate_window: 1e9,
      }),
    );
    await using open = openStream(server, {
      streams: { CHARTER_TELEMETRY: { maxBytes: 5_000_000, maxAgeSeconds: 3_600 } },
    });
    await open.stream.publish('telemetry.data_received', sample('robot_1', 1));
    const { config } = await administer(server, (manager) => manager.streams.info('CHARTER_TELEMETRY'));
    expect(config).toMatchObject({
      subjects: ['elsewhere.telemetry', telemetry],
      max_bytes: 5_000_000,
      max_age: 0,
      duplicate_window: 120e9,
    });
  }, 60_000);

  it('shrink to what the server has room for, with a warning', async () => {
    await using server = await startNats({ maxStore: '40MB' });
    await using open = openStream(server, { streams: {} });
    await open.stream.publish('telemetry.data_received', sample('robot_1', 1));
    const shrunk = open.lines.filter(({ message }) =>
      message.startsWith('stream made smaller than configured'),
    );
    expect(shrunk.length).toBeGreaterThanOrEqual(1);
  }, 60_000);

  it.each([
    [
      'keeps only what nobody has read',
      { subjects: [telemetry], retention: RetentionPolicy.Workqueue },
      /has retention workqueue; expected limits/,
    ],
    ['is sealed', { subjects: [telemetry], sealed: true }, /sealed/],
  ])(
    'are not used when one %s: the service is told in one sentence',
    async (_, config, sentence) => {
      await using server = await startNats();
      await administer(server, async (manager) => {
        const { sealed, ...rest } = { sealed: false, ...config };
        await manager.streams.add({ name: 'CHARTER_TELEMETRY', ...rest });
        if (sealed) await manager.streams.update('CHARTER_TELEMETRY', { sealed: true } as object);
      });
      const told: ContradictionError[] = [];
      await using open = openStream(server, {}, { onContradiction: (error) => told.push(error) });
      await eventually(() => told.length > 0);
      expect(told[0]?.stream).toBe('CHARTER_TELEMETRY');
      expect(told[0]?.message).toMatch(sentence);
      expect(open.stream.status().ready).toBe(false);
    },
    60_000,
  );

  it('are not made over subjects that another stream captures', async () => {
    await using server = await startNats();
    await administer(server, (manager) =>
      manager.streams.add({ name: 'OTHER', subjects: ['charter.v1.telemetry.>'] }),
    );
    const told: ContradictionError[] = [];
    await using open = openStream(server, {}, { onContradiction: (error) => told.push(error) });
    await eventually(() => told.length > 0);
    expect(told[0]?.message).toMatch(/another stream captures/);
    expect(open.stream.status().connected).toBe(true);
  }, 60_000);
});
