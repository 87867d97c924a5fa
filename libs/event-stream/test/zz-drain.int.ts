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

  it.each(Array.from({length: 40}, (_, n) => n))('drains %d', async (N) => { const trace: string[] = []; const nc0 = await connect({ servers: server.url }); for (const x of ['$JS.ACK.>', '$JS.API.CONSUMER.MSG.NEXT.>']) nc0.subscribe(x, { callback: (_e, m) => void trace.push(Date.now()%100000 + ' ' + m.subject + ' ' + m.string() + ' ' + (m.reply ?? '')) }); await nc0.flush();
    const release = gate();
    const seen: string[] = [];
    const options = { durable: 'shared' + N, types: [established_] as const, ackWaitMs: 60_000 };
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
    await eventually(() => seen.length === 2, { withinMs: 6000 }).catch(async () => { const i = await administer(server, (m) => m.consumers.info('CHARTER_EVENTS', 'shared'+N)); console.log('STUCK', N, JSON.stringify(first.status()), JSON.stringify(second.status()), JSON.stringify(i), JSON.stringify(trace)); throw new Error('stuck'); });
    release.open();
    await drained;
    expect(seen).toEqual([
      'second ws_leaving_2_2_abcdef',
      'second ws_leaving_3_3_abcdef',
      'first ws_leaving_1_1_abcdef',
    ]);
    const { num_ack_pending, num_pending } = await administer(server, (manager) =>
      manager.consumers.info('CHARTER_EVENTS', 'shared' + N),
    );
    expect({ num_ack_pending, num_pending }).toEqual({ num_ack_pending: 0, num_pending: 0 });
    await second.drain(); await nc0.close();
  });

});
