import { eventually, startNats } from '@fleet/testing';

import { administer } from './support/administer.ts';
import { subscribed } from './support/open-durable.ts';
import { openStream } from './support/open-stream.ts';
import { established } from './support/sample.ts';

const type = 'telemetry.connection_established';

describe('a subscription', () => {
  it('begins when the server comes, and handles every event once over kills of it', async () => {
    await using server = await startNats();
    await server.kill();
    await using open = openStream(server);
    const seen: string[] = [];
    const subscription = open.stream.subscribe({
      durable: 'steady',
      types: [type],
      from: 'all',
      handle: (event) => void seen.push(event.id),
    });
    const sent: string[] = [];
    const send = () => {
      for (let n = 0; n < 200; n += 1) {
        const id = crypto.randomUUID();
        sent.push(id);
        open.stream.emit(type, established(`robot_${n % 10}`, n), { id });
      }
    };
    send();
    await server.start();
    await eventually(() => seen.length >= 200);
    for (let kill = 0; kill < 2; kill += 1) {
      send();
      await server.kill();
      await eventually(() => !open.stream.status().connected);
      send();
      await server.start();
      await eventually(() => new Set(seen).size === sent.length);
    }
    await eventually(() => subscription.status().lag === 0);
    expect(new Set(seen)).toEqual(new Set(sent));
    // An acknowledgement that is lost with the connection brings its event again; it is recognized.
    expect(seen).toHaveLength(sent.length);
  }, 90_000);

  it('makes its durable anew when it is deleted, and misses nothing', async () => {
    await using server = await startNats();
    await using open = openStream(server);
    const seen = new Set<string>();
    const subscription = await subscribed(open.stream, {
      durable: 'deleted',
      types: [type],
      handle: (event) => void seen.add(event.id),
    });
    const first = await open.stream.publish(type, established('before', 1));
    await eventually(() => seen.size === 1);
    await administer(server, (manager) => manager.consumers.delete(first.stream, 'deleted'));
    await open.stream.publish(type, established('after', 1));
    await eventually(() => seen.size === 2);
    const said = open.lines.filter(({ message }) => message === 'durable was gone and is made again');
    expect(said).toHaveLength(1);
    expect(subscription.status()).toMatchObject({ deadLettered: 0, failed: 0 });
  }, 60_000);

  it('goes on with a stream that was made anew, whose sequences begin at 1 again', async () => {
    await using server = await startNats();
    await using open = openStream(server);
    const seen: string[] = [];
    await subscribed(open.stream, {
      durable: 'remade',
      types: [type],
      handle: ({ payload }, { sequence }) => void seen.push(`${payload.robot_id} ${sequence}`),
    });
    for (let n = 1; n <= 3; n += 1) await open.stream.publish(type, established('old', n));
    await eventually(() => seen.length === 3);
    await administer(server, (manager) => manager.streams.delete('CHARTER_EVENTS'));
    // Nobody publishes: the subscriber itself sees to it that the stream is there again.
    await eventually(() =>
      administer(server, (manager) => manager.streams.info('CHARTER_EVENTS')).catch(() => false),
    );
    await open.stream.publish(type, established('new', 1));
    await eventually(() => seen.length === 4);
    expect(seen).toEqual(['old 1', 'old 2', 'old 3', 'new 1']);
  }, 60_000);

  it('takes over the types it is asked for now from a durable that had others', async () => {
    await using server = await startNats();
    await using open = openStream(server);
    const handle = () => undefined;
    const before = await subscribed(open.stream, { durable: 'growing', types: [type], handle });
    await before.drain();
    const seen: string[] = [];
    await subscribed(open.stream, {
      durable: 'growing',
      types: ['telemetry.metrics_published'],
      handle: (event) => void seen.push(event.type),
    });
    open.stream.emit(type, established('other', 1));
    open.stream.emit('telemetry.metrics_published', { robot_id: 'r', metrics: {}, published_at: 1 });
    await eventually(() => seen.length > 0);
    expect(seen).toEqual(['telemetry.metrics_published']);
  }, 60_000);
});
