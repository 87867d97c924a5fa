import { eventually, startNats, type Server } from '@fleet/testing';

import { administer } from './support/administer.ts';
import { openStream, type OpenStream } from './support/open-stream.ts';
import { sample } from './support/sample.ts';

const type = 'telemetry.data_received';

describe('looking an event up', () => {
  let server: Server;
  let open: OpenStream;

  const publish = (robotId: string, seq: number) => open.stream.publish(type, sample(robotId, seq));
  const newest = async (robotId: string, signal?: AbortSignal) => {
    const found = await open.stream.lookUp(type, robotId, 'newest', signal);
    return found?.event?.type === type ? found.event.payload.seq : undefined;
  };

  beforeEach(async () => {
    server = await startNats();
    open = openStream(server);
  });

  afterEach(async () => {
    await open[Symbol.asyncDispose]();
    await server.stop();
  });

  it('gives the event with its bytes, headers and place', async () => {
    await publish('other', 1);
    const { sequence } = await publish('robot_1', 2);
    const found = await open.stream.lookUp(type, 'robot_1', 1);
    const stored = await administer(server, (manager) =>
      manager.streams.getMessage('CHARTER_TELEMETRY', { seq: sequence }),
    );
    expect(found).toMatchObject({
      stream: 'CHARTER_TELEMETRY',
      subject: `charter.v1.${type}.robot_1`,
      sequence,
      storedAt: stored?.time.getTime(),
    });
    expect(Buffer.from(found?.bytes ?? [])).toEqual(Buffer.from(stored?.data ?? []));
    expect(found?.headers['Nats-Msg-Id']).toBe(found?.event?.id);
  });

  it('finds nothing of one who has sent nothing, and rejects where there is no stream', async () => {
    await publish('robot_1', 1);
    expect(await open.stream.lookUp(type, 'nobody', 'newest')).toBeUndefined();
    expect(await open.stream.lookUp(type, 'robot_1', 1_000)).toBeUndefined();
    await administer(server, (manager) => manager.streams.delete('CHARTER_TELEMETRY'));
    await expect(open.stream.lookUp(type, 'robot_1', 'newest')).rejects.toThrow('stream not found');
  });

  it('answers many at once, each with its own, over one subscription', async () => {
    const robots = Array.from({ length: 300 }, (_, index) => `robot_${index}`);
    await Promise.all(robots.map((robotId, index) => publish(robotId, index + 1)));
    expect(await Promise.all(robots.map((robotId) => newest(robotId)))).toEqual(
      robots.map((_, index) => index + 1),
    );
  });

  it('rejects in time when the server hangs, with the reason of a signal before that, and works afterwards', async () => {
    await publish('robot_1', 7);
    await server.pause();
    try {
      const late = expect(newest('robot_1')).rejects.toThrow('within 5000 ms');
      const ending = new AbortController();
      const aborted = expect(newest('robot_1', ending.signal)).rejects.toThrow('enough');
      ending.abort(new Error('enough'));
      await aborted;
      await late;
    } finally {
      await server.resume();
    }
    expect(await eventually(() => newest('robot_1').catch(() => undefined))).toBe(7);
  }, 30_000);

  it('works on after the server was killed and is back, and waits for it with the next question', async () => {
    await publish('robot_1', 7);
    expect(await newest('robot_1')).toBe(7);
    await server.kill();
    await eventually(() => !open.stream.status().connected);
    await server.start();
    expect(await eventually(() => newest('robot_1').catch(() => undefined))).toBe(7);
  }, 30_000);

  it('rejects whoever waits when the event stream is closed', async () => {
    await publish('robot_1', 7);
    await server.pause();
    try {
      const waiting = expect(newest('robot_1')).rejects.toThrow('the event stream is closed');
      await open.stream.close(1_000);
      await waiting;
      await expect(newest('robot_1')).rejects.toThrow('the event stream is closed');
    } finally {
      await server.resume();
    }
  }, 30_000);
});
