import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { eventually } from '@fleet/testing';

import { createFileBuffer } from '../src/file-buffer/index.ts';
import { connectRobot, type RobotClient } from '../src/index.ts';
import { FakeGateway } from './fake-gateway.ts';

const folder = mkdtempSync(join(tmpdir(), 'fleet-robot-'));
afterAll(() => rmSync(folder, { recursive: true }));

const connect = (gateway: FakeGateway, path: string): RobotClient =>
  connectRobot({
    url: gateway.url,
    robotId: 'robot_001',
    buffer: createFileBuffer({ path }),
    reconnect: { minMs: 5, maxMs: 50 },
  });

describe('a robot client with a file buffer', () => {
  it('sends after a restart what was left, under the same numbers and in the same session', async () => {
    await using gateway = await new FakeGateway().start();
    const path = join(folder, 'restart.journal');
    const first = connect(gateway, path);
    await first.send({ metrics: { id: 1 } });
    gateway.keeps = () => false;
    void first.send({ metrics: { id: 2 } });
    void first.send({ metrics: { id: 3 } });
    const { session } = first.status();
    expect(await first.close({ deadlineMs: 10 })).toEqual({ unconfirmed: 2 });

    gateway.keeps = () => true;
    const second = connect(gateway, path);
    void second.send({ metrics: { id: 4 } });
    await second.idle();
    expect(second.status()).toMatchObject({ session, acked: 3, nextSeq: 5 });
    expect(gateway.storedIds).toEqual([1, 2, 3, 4]);
    await second.close();
  });

  it('does not send again what the gateway stored while the robot was down', async () => {
    await using gateway = await new FakeGateway().start();
    const path = join(folder, 'stored.journal');
    gateway.keeps = () => 'unconfirmed';
    const first = connect(gateway, path);
    void first.send({ metrics: { id: 1 } });
    await eventually(() => gateway.storedIds.length === 1);
    await first.close({ deadlineMs: 0 });
    gateway.keeps = () => true;
    const second = connect(gateway, path);
    await second.send({ metrics: { id: 2 } });
    expect(gateway.storedIds).toEqual([1, 2]);
    await second.close();
  });
});
