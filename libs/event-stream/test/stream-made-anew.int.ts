import { eventually, startNats } from '@fleet/testing';

import type { Tailed } from '../src/index.ts';
import { administer } from './support/administer.ts';
import { deadLettersOf, publishRaw, subscribed } from './support/open-durable.ts';
import { openStream } from './support/open-stream.ts';
import { established } from './support/sample.ts';

const type = 'telemetry.connection_established';

describe('a stream that is deleted and made anew', () => {
  it('does not take its events for those of the same sequence that were in hand before', async () => {
    await using server = await startNats();
    await using open = openStream(server);
    const seen: string[] = [];
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const subscription = await subscribed(open.stream, {
      durable: 'anew',
      types: [type],
      handle: async (event) => {
        seen.push(event.payload.robot_id);
        if (event.payload.robot_id === 'old') await held;
      },
    });
    await open.stream.publish(type, established('old', 1));
    await eventually(() => seen.length === 1);
    const deleted = await administer(server, async (manager) => {
      const { created } = await manager.streams.info('CHARTER_EVENTS');
      await manager.streams.delete('CHARTER_EVENTS');
      return created;
    });
    await eventually(() =>
      administer(server, async (manager) => {
        const { created } = await manager.streams.info('CHARTER_EVENTS');
        await manager.consumers.info('CHARTER_EVENTS', 'anew');
        return created !== deleted && subscription.status().inHand === 0;
      }),
    );
    release();
    await expect(open.stream.publish(type, established('new', 1))).resolves.toMatchObject({ sequence: 1 });
    await eventually(() => seen.length === 2);
    expect(seen).toEqual(['old', 'new']);
  }, 60_000);

  it('is noticed by those who have a dead letter to store', async () => {
    await using server = await startNats();
    await using open = openStream(server);
    await subscribed(open.stream, { durable: 'anew', types: [type], handle: () => undefined });
    await administer(server, (manager) => manager.streams.delete('CHARTER_DEAD_LETTERS'));
    await publishRaw(server, [{ subject: `charter.v1.${type}.robot_1`, body: 'no event' }]);
    // What could not be stored comes again after ten seconds.
    const dead = await eventually(
      async () => {
        const found = await deadLettersOf(server);
        return found.length > 0 && found;
      },
      { withinMs: 40_000 },
    );
    expect(dead.map(({ body }) => body.toString())).toEqual(['no event']);
  }, 60_000);

  it('is read along from its beginning, however long it has become in the meantime', async () => {
    await using server = await startNats();
    await using open = openStream(server);
    const ending = new AbortController();
    const publishMany = (robot: string, count: number) =>
      Promise.all(
        Array.from({ length: count }, (_, index) => open.stream.publish(type, established(robot, index + 1))),
      );
    await publishMany('old', 400);
    const read: Tailed[] = [];
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const reading = (async () => {
      for await (const each of open.stream.tail({ from: 'beginning', signal: ending.signal })) {
        read.push(each);
        // It holds as much as it may, and asks for nothing.
        if (read.length === 1) await held;
      }
    })();
    await eventually(() => read.length === 1);
    await administer(server, (manager) => manager.streams.delete('CHARTER_EVENTS'));
    await publishMany('new', 700);
    release();
    const anew = () => read.filter(({ subject }) => subject.endsWith('.new'));
    await eventually(() => anew().at(-1)?.sequence === 700);
    expect(anew().map(({ sequence }) => sequence)).toEqual(Array.from({ length: 700 }, (_, i) => i + 1));
    ending.abort();
    await reading;
  }, 60_000);
});
