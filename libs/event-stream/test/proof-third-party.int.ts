import { parseEvent } from '@fleet/event-envelope';
import { eventually, startNats, type Server } from '@fleet/testing';

import { deadLettersOf, subscribed } from './support/open-durable.ts';
import { openStream, type OpenStream } from './support/open-stream.ts';
import { established } from './support/sample.ts';
import { buildThirdParty, type ThirdParty } from './support/third-party.ts';

const type = 'telemetry.connection_established';

describe('a client of another make', () => {
  let thirdParty: ThirdParty;
  let server: Server;
  let open: OpenStream;

  beforeAll(async () => {
    thirdParty = buildThirdParty();
    server = await startNats();
    open = openStream(server);
  }, 400_000);

  afterAll(async () => {
    await open[Symbol.asyncDispose]();
    await server.stop();
    thirdParty[Symbol.dispose]();
  });

  it('reads what we wrote', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 20; n += 1) {
      const id = crypto.randomUUID();
      ids.push(id);
      await open.stream.publish(type, established('ours', n), { id, meta: { correlation_id: `größe ${n}` } });
    }
    const filter = `charter.v1.${type}.*`;
    const printed = await thirdParty.run([server.url, 'read', 'CHARTER_EVENTS', filter, '20']);
    const read = printed
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t'));
    expect(read.map(([subject]) => subject)).toEqual(ids.map(() => `charter.v1.${type}.ours`));
    expect(read.map(([, id]) => id)).toEqual(ids);
    read.forEach(([, id, body = ''], n) => {
      const event = parseEvent(body);
      expect(event).toMatchObject({ id, type, source: 'telemetry_service', target: null });
      expect(event.payload).toMatchObject({ robot_id: 'ours', connection_id: `ws_ours_${n}_abcdef` });
      expect(event.meta).toMatchObject({ version: '1.0', producer: 'test-1', correlation_id: `größe ${n}` });
    });
  });

  it('is read by us, and what it garbled is set aside with the reason', async () => {
    const seen: string[] = [];
    const subscription = await subscribed(open.stream, {
      durable: 'from_others',
      types: [type],
      entity: 'theirs',
      handle: (event) => void seen.push(`${event.id} ${event.source}`),
    });
    const event = (id: string, change: object = {}) =>
      JSON.stringify({
        id,
        type,
        source: 'yard_crane',
        target: null,
        timestamp: 1703001234,
        payload: { robot_id: 'theirs', connection_id: 'c1', connected_at: 1703001234, berth: 7 },
        ...change,
      });
    const good = [crypto.randomUUID(), crypto.randomUUID()] as const;
    const subject = `charter.v1.${type}.theirs`;
    const bad: [string, string][] = [
      ['not_json', '{"id":'],
      ['invalid_envelope', '[1,2]'],
      ['invalid_envelope', event('no-uuid')],
      ['unknown_version', event(crypto.randomUUID(), { meta: { version: '2.0' } })],
      ['unknown_type', event(crypto.randomUUID(), { type: 'yard.crane_moved' })],
      ['invalid_payload', event(crypto.randomUUID(), { payload: { robot_id: 'theirs' } })],
    ];
    const lines = [
      [subject, good[0], event(good[0])],
      ...bad.map(([, body]) => [subject, '', body]),
      [subject, good[1], event(good[1], { meta: {} })],
      // The same message again: its id says so.
      [subject, good[1], event(good[1], { meta: {} })],
    ];
    await thirdParty.run([server.url, 'write'], lines.map((line) => `${line.join('\t')}\n`).join(''));

    await eventually(() => seen.length + subscription.status().deadLettered >= good.length + bad.length);
    expect(seen).toEqual(good.map((id) => `${id} yard_crane`));
    const letters = await deadLettersOf(server, 'charter.dead.CHARTER_EVENTS.from_others');
    expect(letters.map(({ header, body }) => [header('Charter-Error-Kind'), body.toString()])).toEqual(bad);
    await eventually(() => subscription.status().lag === 0);
  });
});
