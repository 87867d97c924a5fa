import { startEventStream, type EventStream } from '@fleet/event-stream';
import { connectRedis, type FleetRedis } from '@fleet/fleet-store';
import { eventually, startRedis, type Server } from '@fleet/testing';
import { startPresence, type Presence } from '../src/presence/index.ts';

const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

let server: Server;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  server = await startRedis();
}, 60_000);

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

afterAll(() => server.stop());

interface Gateway {
  keeper: ReturnType<typeof startPresence>;
  redis: FleetRedis;
  /** Closes a robot's connection got, by connection id. */
  closes: Map<string, [code: number, reason: string]>;
  connect(robotId: string, connectedAt?: number): string;
}

let connectionNumber = 0;

async function startGateway(instance: string): Promise<Gateway> {
  const redis = connectRedis({ url: server.url, name: instance, log });
  await redis.untilReady(AbortSignal.timeout(20_000));
  const eventStream: EventStream = startEventStream(undefined, { log });
  const processId = crypto.randomUUID();
  const settings = { staleAfterMs: 60_000, graceMs: 15_000, beatMs: 300, touchMs: 100, reconcileMs: 500 };
  const keeper = startPresence({ redis, eventStream, instance, processId, log, settings });
  const closes: Gateway['closes'] = new Map();
  stops.push(async () => {
    await keeper.stop();
    await redis.stop();
  });
  return {
    ...{ keeper, redis, closes },
    connect(robotId, connectedAt = Date.now()) {
      const connectionId = `ws_${robotId}_${Math.floor(connectedAt / 1000)}_${String(++connectionNumber).padStart(6, '0')}`;
      keeper.open({
        ...{ robotId, connectionId, connectedAt },
        close(code, reason) {
          closes.set(connectionId, [code, reason]);
          keeper.closed(connectionId, reason);
        },
      });
      return connectionId;
    },
  };
}

const shown = (gateway: Gateway, robotId: string, wanted: Partial<Presence>): Promise<Presence> =>
  eventually(async () => {
    const presence = await gateway.keeper.presenceOf(robotId);
    expect(presence).toMatchObject(wanted);
    return presence;
  });

describe('presence over two instances', () => {
  it('shows a robot that is connected elsewhere, and when it was heard', async () => {
    const [a, b] = await Promise.all([startGateway('a'), startGateway('b')]);
    const connectionId = a.connect('seen');
    await shown(b, 'seen', { state: 'online', instance: 'a', connectionId });
    const heardAt = Date.now() + 5;
    a.keeper.seen('seen', connectionId, heardAt);
    await shown(b, 'seen', { lastSeenAt: heardAt });
  });

  it('closes the older connection with 4000, wherever it is, and never looks offline in between', async () => {
    const [a, b] = await Promise.all([startGateway('a'), startGateway('b')]);
    const older = a.connect('taken');
    await shown(b, 'taken', { state: 'online', connectionId: older });
    const states = new Set<string | undefined>();
    const watching = new AbortController();
    const watched = (async () => {
      while (!watching.signal.aborted) {
        for (const gateway of [a, b]) states.add((await gateway.keeper.presenceOf('taken'))?.state);
      }
    })();
    const newer = b.connect('taken');
    await eventually(() => a.closes.get(older));
    await shown(a, 'taken', { connectionId: newer, takeovers: 1 });
    watching.abort();
    await watched;
    expect(a.closes.get(older)).toEqual([4000, 'replaced']);
    expect(b.closes.size).toBe(0);
    expect([...states]).toEqual(['online']);
  });

  it('closes the older one that arrives late instead of the newer', async () => {
    const [a, b] = await Promise.all([startGateway('a'), startGateway('b')]);
    const now = Date.now();
    const newer = b.connect('late', now);
    await shown(a, 'late', { connectionId: newer });
    const older = a.connect('late', now - 5000);
    await eventually(() => a.closes.get(older));
    expect(a.closes.get(older)).toEqual([4000, 'replaced']);
    await shown(a, 'late', { connectionId: newer, state: 'online' });
  });

  it('finds a replaced connection even when the message about it was lost', async () => {
    const [a, b] = await Promise.all([startGateway('a'), startGateway('b')]);
    const older = a.connect('unheard');
    await shown(b, 'unheard', { connectionId: older });
    // As if b had taken over without a word.
    await b.redis.commands.hset('robot:{unheard}:presence', {
      ...{ connection: 'ws_unheard_9_zzzzzz', process: 'p', connected_at: Date.now() + 60_000 },
    });
    await eventually(() => a.closes.get(older));
    expect(a.closes.get(older)).toEqual([4000, 'replaced']);
  });

  it('takes over within one instance while Redis is away', async () => {
    const a = await startGateway('a');
    const older = a.connect('local');
    await server.kill();
    await eventually(() => a.redis.status === 'away');
    const newer = a.connect('local');
    expect(a.closes.get(older)).toEqual([4000, 'replaced']);
    expect(await a.keeper.presenceOf('local')).toMatchObject({ state: 'online', connectionId: newer });
    await server.start();
  }, 60_000);

  it('takes a return for no takeover that comes while others are being ended', async () => {
    const [a, b] = await Promise.all([startGateway('a'), startGateway('b')]);
    const other = a.connect('other');
    const before = a.connect('returns');
    await shown(b, 'other', { state: 'online' });
    await shown(b, 'returns', { state: 'online', connectionId: before });
    a.keeper.closed(other, 'connection_lost');
    a.keeper.closed(before, 'connection_lost');
    const after = a.connect('returns');
    await shown(b, 'returns', { state: 'online', connectionId: after, takeovers: 0 });
    await shown(b, 'other', { state: 'offline' });
  });

  it('keeps what happened while Redis was away, in order', async () => {
    const [a, b] = await Promise.all([startGateway('a'), startGateway('b')]);
    a.keeper.closed(a.connect('before'), 'client_disconnect');
    await shown(b, 'before', { state: 'offline' });
    await server.kill();
    await eventually(() => a.redis.status === 'away');
    const stays = a.connect('stays');
    a.keeper.closed(a.connect('goes'), 'connection_lost');
    await expect(a.keeper.presenceOf('before')).rejects.toThrow('Redis is away');
    await server.start();
    await shown(b, 'stays', { state: 'online', connectionId: stays });
    await shown(b, 'goes', { state: 'offline', reason: 'connection_lost' });
  }, 60_000);

  it('is rebuilt by the connections that live when Redis has lost everything', async () => {
    const [a, b] = await Promise.all([startGateway('a'), startGateway('b')]);
    const connectionId = a.connect('flushed');
    await shown(b, 'flushed', { state: 'online' });
    await a.redis.commands.flushall();
    await shown(b, 'flushed', { state: 'online', connectionId });
    const { robots } = await eventually(async () => {
      const page = await b.keeper.list({ limit: 10 });
      return page.robots.length > 0 ? page : undefined;
    });
    expect(robots).toMatchObject([{ robotId: 'flushed' }]);
  });

  it('makes robots that fight for one id wait, counted over both instances', async () => {
    const [a, b] = await Promise.all([startGateway('a'), startGateway('b')]);
    const start = Date.now();
    for (let number = 0; number <= 16; number++) {
      const gateway = number % 2 === 0 ? a : b;
      const connectionId = gateway.connect('fought', start + number);
      await shown(gateway === a ? b : a, 'fought', { connectionId });
    }
    await eventually(() => a.keeper.fightingDelayMs('fought') > 0);
    await shown(b, 'fought', { contested: true, state: 'online' });
    expect(a.keeper.counts().contested).toBeGreaterThan(0);
  }, 40_000);

  it('shows no flap when a robot returns elsewhere after a shutdown', async () => {
    const [a, b] = await Promise.all([startGateway('a'), startGateway('b')]);
    const connectedAt = Date.now();
    const first = a.connect('drained', connectedAt);
    await shown(b, 'drained', { connectionId: first });
    a.keeper.closed(first, 'server_shutdown');
    await eventually(
      async () => (await b.redis.commands.hget('robot:{drained}:presence', 'reason')) !== null,
    );
    expect(await b.keeper.presenceOf('drained')).toMatchObject({ state: 'online', since: connectedAt });
    const second = b.connect('drained', connectedAt + 100);
    await shown(b, 'drained', { connectionId: second, state: 'online', since: connectedAt });
  });

  it('calls a robot unknown when its gateway vanished', async () => {
    const [a, b] = await Promise.all([startGateway('a'), startGateway('b')]);
    a.connect('orphan');
    await shown(b, 'orphan', { state: 'online' });
    await a.keeper.stop();
    await shown(b, 'orphan', { state: 'unknown' });
  });
});
