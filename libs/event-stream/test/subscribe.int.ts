import { connect, headers } from '@nats-io/transport-node';

import { eventually, startNats, type Server } from '@fleet/testing';

import { PermanentError, type DeliveryFacts, type HandledEvents } from '../src/index.ts';
import { administer } from './support/administer.ts';
import { deadLettersOf, publishRaw, subscribed } from './support/open-durable.ts';
import { openStream, type OpenStream } from './support/open-stream.ts';
import { established, sample } from './support/sample.ts';

const established_ = 'telemetry.connection_established';

/** A promise that is settled from outside. */
const gate = () => {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
};

describe('subscribe', () => {
  let server: Server;
  let open: OpenStream;

  beforeAll(async () => {
    server = await startNats();
    open = openStream(server);
  });

  afterAll(async () => {
    await open[Symbol.asyncDispose]();
    await server.stop();
  });

  it('hands over each event of the types asked for, of several streams, in order per entity', async () => {
    const seen: string[] = [];
    const subscription = await subscribed(open.stream, {
      durable: 'all_kinds',
      types: [established_, 'telemetry.data_received'],
      concurrency: 4,
      handle: async (event) => {
        await Promise.resolve();
        seen.push(
          `${event.type} ${event.payload.connection_id} ${'seq' in event.payload ? event.payload.seq : ''}`,
        );
      },
    });
    const expected: string[] = [];
    for (let n = 1; n <= 200; n += 1) {
      const robot = `kinds_${n % 5}`;
      open.stream.emit('telemetry.metrics_published', { robot_id: robot, metrics: {}, published_at: 1 });
      open.stream.emit(established_, established(robot, n));
      open.stream.emit('telemetry.data_received', sample(robot, n));
      expected.push(
        `${established_} ws_${robot}_${n}_abcdef `,
        `telemetry.data_received ws_${robot}_1_abcdef ${n}`,
      );
    }
    await eventually(() => seen.length >= expected.length);
    const of = (lines: string[], type: string, robot: string) =>
      lines.filter((line) => line.startsWith(`${type} ws_${robot}_`));
    for (const robot of ['kinds_0', 'kinds_1', 'kinds_2', 'kinds_3', 'kinds_4']) {
      for (const type of [established_, 'telemetry.data_received']) {
        expect(of(seen, type, robot)).toEqual(of(expected, type, robot));
      }
    }
    await eventually(() => subscription.status().lag === 0);
    expect(subscription.status()).toMatchObject({
      handled: 400,
      redelivered: 0,
      failed: 0,
      deadLettered: 0,
      inHand: 0,
    });
    await subscription.drain();
  });

  it('tells the handler where the event lies, and gives one entity its own', async () => {
    const facts: DeliveryFacts[] = [];
    const subscription = await subscribed(open.stream, {
      durable: 'only_one',
      types: [established_, 'telemetry.connection_closed'],
      entity: 'wanted',
      handle: (_event, told) => void facts.push(told),
    });
    open.stream.emit(established_, established('unwanted', 1));
    const stored = await open.stream.publish(established_, established('wanted', 1));
    await eventually(() => facts.length > 0);
    expect(facts).toHaveLength(1);
    expect(facts[0]).toMatchObject({
      stream: 'CHARTER_EVENTS',
      sequence: stored.sequence,
      deliveryCount: 1,
      redelivered: false,
      subject: 'charter.v1.telemetry.connection_established.wanted',
    });
    expect(Math.abs((facts[0]?.storedAt ?? 0) - Date.now())).toBeLessThan(60_000);
    await subscription.drain();
  });

  it('tries a failed event again before the later ones of its entity, while others go on', async () => {
    const seen: string[] = [];
    const held = gate();
    const subscription = await subscribed(open.stream, {
      durable: 'flaky',
      types: [established_],
      backoffMs: [50],
      handle: async ({ payload: { robot_id, connection_id } }, { deliveryCount }) => {
        if (robot_id === 'bad' && connection_id.includes('_1_') && deliveryCount < 3) {
          await held.opened;
          throw new Error('not yet');
        }
        seen.push(connection_id);
        if (seen.length === 2) held.open();
      },
      concurrency: 2,
    });
    for (const [robot, n] of [
      ['bad', 1],
      ['bad', 2],
      ['bad', 3],
      ['good', 1],
      ['good', 2],
    ] as const) {
      await open.stream.publish(established_, established(robot, n));
    }
    await eventually(() => seen.length >= 5);
    expect(seen).toEqual([
      'ws_good_1_abcdef',
      'ws_good_2_abcdef',
      'ws_bad_1_abcdef',
      'ws_bad_2_abcdef',
      'ws_bad_3_abcdef',
    ]);
    expect(subscription.status()).toMatchObject({ handled: 5, failed: 2, deadLettered: 0 });
    await subscription.drain();
  });

  it('sets aside at once what can never be handled, with its bytes, its headers and the reason', async () => {
    const seen: string[] = [];
    const subscription = await subscribed(open.stream, {
      durable: 'strict',
      types: ['telemetry.connection_closed'],
      handle: ({ payload }) => {
        if (payload.reason === 'gateway_lost') throw new PermanentError('nobody knows that gateway');
        seen.push(payload.connection_id);
      },
    });
    const subject = 'charter.v1.telemetry.connection_closed.odd';
    const closed = (reason: string) => ({
      id: crypto.randomUUID(),
      type: 'telemetry.connection_closed',
      source: 'third_party',
      target: null,
      timestamp: 1703001200,
      payload: {
        robot_id: 'odd',
        connection_id: 'c1',
        duration_seconds: 1,
        reason,
        disconnected_at: 1703001200,
      },
    });
    const own = headers();
    own.set('Tenant', 'acme');
    own.set('Nats-Msg-Id', 'theirs-1');
    await publishRaw(server, [
      { subject, body: 'not json', headers: own },
      { subject, body: Uint8Array.of(0xff, 0xfe) },
      { subject, body: JSON.stringify({ ...closed('replaced'), meta: { version: '2.0' } }) },
      { subject, body: JSON.stringify(closed('bored')) },
      { subject: 'charter.v1.telemetry.connection_closed.even', body: JSON.stringify(closed('replaced')) },
      { subject, body: JSON.stringify(closed('gateway_lost')) },
      { subject, body: JSON.stringify(closed('replaced')) },
    ]);
    await eventually(() => seen.length === 1 && subscription.status().deadLettered === 6);
    const letters = await deadLettersOf(server, 'charter.dead.CHARTER_EVENTS.strict');
    expect(letters.map(({ header }) => header('Charter-Error-Kind')).sort()).toEqual([
      'invalid_payload',
      'not_json',
      'not_utf8',
      'permanent',
      'unknown_version',
      'wrong_subject',
    ]);
    const first = letters.find(({ header }) => header('Charter-Error-Kind') === 'not_json');
    expect(first?.body.toString()).toBe('not json');
    expect(first?.header('Tenant')).toBe('acme');
    expect(first?.header('Charter-Message-Id')).toBe('theirs-1');
    expect(first?.header('Charter-Subject')).toBe(subject);
    expect(first?.header('Charter-Stream')).toBe('CHARTER_EVENTS');
    expect(Number(first?.header('Charter-Sequence'))).toBeGreaterThan(0);
    expect(first?.header('Charter-Deliveries')).toBe('1');
    const permanent = letters.find(({ header }) => header('Charter-Error-Kind') === 'permanent');
    expect(permanent?.header('Charter-Error')).toBe('PermanentError: nobody knows that gateway');
    await subscription.drain();
  });

  it('sets aside a message so large that the reason does not fit beside it, without its end', async () => {
    const subscription = await subscribed(open.stream, {
      durable: 'large',
      types: ['telemetry.message_rejected'],
      handle: () => undefined,
    });
    const subject = 'charter.v1.telemetry.message_rejected.large';
    const own = headers();
    own.set('Tenant', 'acme');
    // As much as the server takes: with its headers a mebibyte.
    const body = 'x'.repeat(1024 ** 2 - 64);
    await publishRaw(server, [{ subject, body, headers: own }]);
    await eventually(() => subscription.status().deadLettered === 1);
    const [letter] = await deadLettersOf(server, 'charter.dead.CHARTER_EVENTS.large');
    expect(letter?.header('Charter-Error-Kind')).toBe('not_json');
    expect(letter?.header('Charter-Truncated')).toBe(String(body.length));
    expect(letter?.body.length).toBeGreaterThan(body.length - 2_048);
    expect(body.startsWith(letter?.body.toString() ?? '-')).toBe(true);
    await subscription.drain();
  });

  it('keeps what a long handler holds from other subscribers, by telling the server that it is at work', async () => {
    const nc = await connect({ servers: server.url });
    let beats = 0;
    nc.subscribe('$JS.ACK.>', {
      callback: (_error, message) => {
        if (message.string() === '+WPI') beats += 1;
      },
    });
    await nc.flush();
    const release = gate();
    let started = 0;
    const options = {
      durable: 'patient',
      types: [established_] as const,
      ackWaitMs: 1_000,
      handle: async () => {
        started += 1;
        await release.opened;
      },
    };
    const subscriptions = [await subscribed(open.stream, options), await subscribed(open.stream, options)];
    await open.stream.publish(established_, established('slow', 1));
    await open.stream.publish(established_, established('slow', 2));
    // Two events in hand, each spoken for every half second: three waits for an acknowledgement have passed.
    await eventually(() => beats >= 12);
    release.open();
    await eventually(() => subscriptions.reduce((sum, each) => sum + each.status().handled, 0) === 2);
    expect(started).toBe(2);
    expect(subscriptions.map((each) => each.status().redelivered)).toEqual([0, 0]);
    await Promise.all(subscriptions.map((each) => each.drain()));
    await nc.close();
  });

  it('drains: finishes what is being handled and leaves the rest to others at once', async () => {
    const release = gate();
    const seen: string[] = [];
    const options = { durable: 'shared', types: [established_] as const, ackWaitMs: 60_000 };
    const first = await subscribed(open.stream, {
      ...options,
      handle: async ({ payload }) => {
        await release.opened;
        seen.push(`first ${payload.connection_id}`);
      },
    });
    for (let n = 1; n <= 3; n += 1) await open.stream.publish(established_, established(`leaving_${n}`, n));
    await eventually(() => first.status().inHand === 3);
    const drained = first.drain();
    const second = await subscribed(open.stream, {
      ...options,
      handle: ({ payload }) => void seen.push(`second ${payload.connection_id}`),
    });
    await eventually(() => seen.length === 2);
    release.open();
    await drained;
    expect(seen).toEqual([
      'second ws_leaving_2_2_abcdef',
      'second ws_leaving_3_3_abcdef',
      'first ws_leaving_1_1_abcdef',
    ]);
    const { num_ack_pending, num_pending } = await administer(server, (manager) =>
      manager.consumers.info('CHARTER_EVENTS', 'shared'),
    );
    expect({ num_ack_pending, num_pending }).toEqual({ num_ack_pending: 0, num_pending: 0 });
    await second.drain();
  });

  it('does not drain for ever: a handler that hangs fails in its time, and its event is left to others', async () => {
    let aborted = false;
    const subscription = await subscribed(open.stream, {
      durable: 'hung',
      types: [established_],
      handleTimeoutMs: 1_000,
      ackWaitMs: 1_000,
      backoffMs: [10],
      handle: async (_event, { signal }) => {
        signal.addEventListener('abort', () => (aborted = true));
        await new Promise(() => undefined);
      },
    });
    await open.stream.publish(established_, established('hung', 1));
    await eventually(() => subscription.status().inHand === 1);
    await subscription.drain();
    expect(aborted).toBe(true);
    expect(subscription.status()).toMatchObject({
      handled: 0,
      timedOut: 1,
      failed: 1,
      inHand: 0,
      deadLettered: 0,
    });
    const seen: number[] = [];
    const other = await subscribed(open.stream, {
      durable: 'hung',
      types: [established_],
      ackWaitMs: 1_000,
      handle: (_event, { deliveryCount }) => void seen.push(deliveryCount),
    });
    await eventually(() => seen.length > 0);
    expect(seen).toHaveLength(1);
    await other.drain();
  });

  it('skips what the store of handled events knows, and waits while that store is away', async () => {
    const known = new Set<string>();
    let away = true;
    const handled: HandledEvents = {
      seen: (_durable, { id }) => (away ? Promise.reject(new Error('away')) : Promise.resolve(known.has(id))),
      remember: (_durable, { id }) => Promise.resolve(void known.add(id)),
    };
    await using own = openStream(server, {}, { handled });
    const seen: string[] = [];
    const subscription = await subscribed(own.stream, {
      durable: 'once',
      types: [established_],
      idempotent: 'store',
      handle: (event) => void seen.push(event.id),
    });
    const known1 = crypto.randomUUID();
    const fresh = crypto.randomUUID();
    known.add(known1);
    await own.stream.publish(established_, established('once', 1), { id: known1 });
    await own.stream.publish(established_, established('once', 2), { id: fresh });
    await eventually(() =>
      own.lines.some(({ message }) => message.startsWith('store of handled events is away')),
    );
    expect(seen).toEqual([]);
    away = false;
    await eventually(() => seen.length > 0);
    expect(seen).toEqual([fresh]);
    expect(known.has(fresh)).toBe(true);
    expect(subscription.status()).toMatchObject({ handled: 1, skipped: 1, failed: 0 });
  });

  it('leaves a durable to be forgotten by the server when nobody asks any more, and not before', async () => {
    const wish = { durable: 'forgotten', types: [established_] as const, handle: () => undefined };
    // One that was made without the wish, by an earlier version, is changed.
    await (await subscribed(open.stream, wish)).drain();
    const subscription = await subscribed(open.stream, { ...wish, forgetAfterMs: 1_000 });
    const find = () =>
      administer(server, (manager) => manager.consumers.info('CHARTER_EVENTS', wish.durable)).catch(
        () => undefined,
      );
    const idleUntil = Date.now() + 3_000;
    await eventually(async () => {
      const found = await find();
      expect(found?.config.inactive_threshold).toBe(1_000_000_000);
      return Date.now() > idleUntil;
    });
    await subscription.drain();
    await eventually(async () => (await find()) === undefined, { withinMs: 30_000 });
  });

  it.each([
    ['a durable with a dot', { durable: 'a.b', types: [established_] as const }],
    ['no types', { durable: 'a', types: [] }],
    ['an entity that is no id', { durable: 'a', types: [established_] as const, entity: '*' }],
    ['no concurrency', { durable: 'a', types: [established_] as const, concurrency: 0 }],
    [
      'a store that is not there',
      { durable: 'a', types: [established_] as const, idempotent: 'store' as const },
    ],
  ])('refuses %s at once', (_what, options) => {
    expect(() => open.stream.subscribe({ ...options, handle: () => undefined })).toThrow(RangeError);
  });
});
