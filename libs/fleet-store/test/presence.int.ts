import { startRedis, type Server } from '@fleet/testing';

import {
  beat,
  claimPresence,
  connectRedis,
  endPresence,
  keys,
  knownRobots,
  lastBeatOf,
  readPresence,
  rememberRobots,
  touchPresence,
  type ClaimOutcome,
  type FleetRedis,
  type PresenceClaim,
  type PresenceRecord,
} from '../src/index.ts';

const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const rules = { takeoverLimit: 15, graceMs: 15_000 };

let server: Server;
let here: FleetRedis;
let there: FleetRedis;

beforeAll(async () => {
  server = await startRedis();
  here = connectRedis({ url: server.url, name: 'here', log });
  there = connectRedis({ url: server.url, name: 'there', log });
  await Promise.all([here, there].map((each) => each.untilReady(AbortSignal.timeout(20_000))));
}, 60_000);

afterAll(async () => {
  await Promise.all([here.stop(), there.stop()]);
  await server.stop();
});

const connection = (robotId: string, number: number, more: Partial<PresenceClaim> = {}): PresenceClaim => ({
  robotId,
  connectionId: `ws_${robotId}_${number}`,
  processId: 'process_a',
  instance: 'a',
  connectedAt: 1000 * number,
  lastSeenAt: 1000 * number,
  ...more,
});

const claim = async (of: PresenceClaim, redis = here): Promise<ClaimOutcome> => {
  const [outcome] = await claimPresence(redis, [of], rules);
  if (outcome === undefined) throw new Error('Redis did not answer');
  return outcome;
};

const presence = async (robotId: string): Promise<PresenceRecord> => {
  const [record] = await readPresence(here, [robotId]);
  if (record === undefined) throw new Error(`nothing is known of ${robotId}`);
  return record;
};

const lost = { endedAt: 5000, reason: 'gateway_lost' } as const;

const end = (of: PresenceClaim, endedAt: number, reason: 'client_disconnect' | 'server_shutdown') =>
  endPresence(here, [{ ...of, endedAt, reason }]);

describe('claiming a robot', () => {
  it('takes a robot that nobody holds, and holds it when claimed again', async () => {
    const first = connection('fresh', 1, { protocol: 'fleet.v1', session: 's1' });
    expect(await claim(first)).toMatchObject({ verdict: 'taken', takeovers: 0, fightingDelayMs: 0 });
    expect(await claim({ ...first, lastSeenAt: 1500 })).toMatchObject({ verdict: 'held' });
    expect(await presence('fresh')).toEqual({ ...first, lastSeenAt: 1500, since: 1000, takeovers: 0 });
  });

  it('names the older connection that the newer one displaces, and keeps since', async () => {
    await claim(connection('moved', 1));
    const outcome = await claim(connection('moved', 2, { processId: 'process_b' }), there);
    expect(outcome).toMatchObject({
      verdict: 'taken',
      other: { connectionId: 'ws_moved_1', processId: 'process_a' },
      takeovers: 1,
      since: 1000,
    });
    expect(await presence('moved')).toMatchObject({ connectionId: 'ws_moved_2', since: 1000 });
  });

  it('lets a late arrival lose to the newer connection', async () => {
    await claim(connection('late', 2, { processId: 'process_b' }));
    expect(await claim(connection('late', 1), there)).toMatchObject({
      verdict: 'lost',
      other: { connectionId: 'ws_late_2', processId: 'process_b' },
      takeovers: 0,
    });
  });

  it('is made beside one that cannot be, in a batch of any size', async () => {
    const robotIds = Array.from({ length: 250 }, (_, index) => `batch_${index}`);
    await here.commands.set(keys.presence('batch_120'), 'no hash');
    const claims = robotIds.map((robotId, index) => connection(robotId, 1, { session: `s${index}` }));
    const outcomes = await claimPresence(here, claims, rules);
    expect(outcomes.map((outcome) => outcome?.verdict)).toEqual(
      robotIds.map((robotId) => (robotId === 'batch_120' ? undefined : 'taken')),
    );
    const records = await readPresence(here, ['batch_0', 'batch_99', 'batch_100', 'batch_249']);
    expect(records.map((record) => record?.session)).toEqual(['s0', 's99', 's100', 's249']);
  });

  it('settles connections of one moment by their ids, and of one gateway by its order', async () => {
    const tie = (connectionId: string, processId: string) =>
      connection('tie', 1, { connectionId, processId });
    await claim(tie('y', 'process_a'));
    expect((await claim(tie('x', 'process_b'))).verdict).toBe('lost');
    expect((await claim(tie('x', 'process_a'))).verdict).toBe('taken');
  });

  it('leaves the newest as the only holder when two gateways race', async () => {
    for (let round = 0; round < 20; round++) {
      const robotId = `race_${round}`;
      const claims = [3, 1, 4, 2, 5].map((number) => connection(robotId, number));
      await Promise.all(claims.map((each, index) => claim(each, index % 2 === 0 ? here : there)));
      expect((await presence(robotId)).connectionId).toBe(`ws_${robotId}_5`);
      const verdicts = await Promise.all(claims.map(async (each) => (await claim(each)).verdict));
      expect(verdicts).toEqual(['lost', 'lost', 'lost', 'lost', 'held']);
    }
  });

  it('counts takeovers and asks for a delay above the limit', async () => {
    let outcome: ClaimOutcome | undefined;
    for (let number = 1; number <= 16; number++) outcome = await claim(connection('fought', number));
    expect(outcome).toMatchObject({ takeovers: 15, fightingDelayMs: 0 });
    outcome = await claim(connection('fought', 17));
    expect(outcome.takeovers).toBe(16);
    expect(outcome.fightingDelayMs).toBeGreaterThan(0);
    expect(outcome.fightingDelayMs).toBeLessThanOrEqual(60_000);
    expect(await presence('fought')).toMatchObject({ takeovers: 16 });
  });
});

describe('an open connection that is only heard of', () => {
  const hear = async (of: PresenceClaim): Promise<string | undefined> => {
    const [outcome] = await claimPresence(here, [of], { ...rules, isHearsay: true });
    return outcome?.verdict;
  };

  it('has a robot that nobody holds, until its gateway says more of it', async () => {
    const only = connection('heard_of', 1);
    expect(await hear(only)).toBe('taken');
    expect((await claim({ ...only, session: 's', lastSeenAt: 1700 })).verdict).toBe('held');
    expect(await hear(only)).toBe('held');
    expect(await presence('heard_of')).toMatchObject({ session: 's', lastSeenAt: 1700 });
  });

  it('displaces nobody, and brings nobody back', async () => {
    await claim(connection('known', 2));
    for (const number of [1, 3]) expect(await hear(connection('known', number))).toBe('lost');
    await end(connection('known', 2), 5000, 'client_disconnect');
    expect(await hear(connection('known', 1))).toBe('lost');
    expect(await hear(connection('known', 2))).toBe('ended');
    expect(await presence('known')).toMatchObject({ ended: { at: 5000 }, takeovers: 0 });
    expect(await hear(connection('known', 3))).toBe('taken');
  });
});

describe('the end of a connection', () => {
  it('is noted while it holds', async () => {
    const only = connection('gone', 1);
    await claim(only);
    expect(await end(only, 5000, 'client_disconnect')).toEqual([{ isNoted: true }]);
    expect((await presence('gone')).ended).toEqual({ at: 5000, reason: 'client_disconnect' });
  });

  it('never hides the successor', async () => {
    const old = connection('kept', 1);
    await claim(old);
    await claim(connection('kept', 2));
    expect(await end(old, 5000, 'client_disconnect')).toEqual([{ isNoted: false }]);
    expect((await presence('kept')).ended).toBeUndefined();
  });

  it('is final for that connection, and open to any other', async () => {
    const only = connection('ended', 7);
    await claim(only);
    await end(only, 8000, 'client_disconnect');
    expect((await claim(only)).verdict).toBe('ended');
    expect(await claim(connection('ended', 3))).toMatchObject({ verdict: 'taken', takeovers: 0 });
  });

  it('is known of a connection that presence never heard of', async () => {
    const unheard = { robotId: 'unheard', connectionId: 'ws_unheard_3', connectedAt: 3000 };
    expect(await endPresence(here, [{ ...unheard, ...lost }])).toEqual([{ isNoted: true }]);
    expect(await presence('unheard')).toEqual({
      ...{ ...unheard, processId: '', takeovers: 0, since: 3000, lastSeenAt: 5000 },
      ended: { at: 5000, reason: 'gateway_lost' },
    });
    expect((await claim(connection('unheard', 3))).verdict).toBe('ended');
    expect((await claim(connection('unheard', 4))).verdict).toBe('taken');
  });

  it('leaves an open one where it may be the newer', async () => {
    await claim(connection('doubtful', 2, { connectionId: 'x' }));
    const endOf = (number: number, reason: 'replaced' | 'gateway_lost') =>
      endPresence(here, [
        { ...connection('doubtful', number, { connectionId: 'y' }), reason, endedAt: 9000 },
      ]);
    expect(await endOf(2, 'gateway_lost')).toEqual([{ isNoted: false }]);
    expect(await endOf(3, 'replaced')).toEqual([{ isNoted: false }]);
    expect((await presence('doubtful')).ended).toBeUndefined();
  });

  it('displaces an older one that is open, as a claim would', async () => {
    const old = connection('outlived', 2);
    await claim(old);
    const endOf = (number: number) => endPresence(here, [{ ...connection('outlived', number), ...lost }]);
    const displaced = { connectionId: 'ws_outlived_2', processId: 'process_a' };
    expect(await endOf(3)).toEqual([{ isNoted: true, displaced }]);
    for (const number of [1, 2, 3]) expect(await endOf(number)).toEqual([{ isNoted: false }]);
    expect(await presence('outlived')).toMatchObject({
      ...{ connectionId: 'ws_outlived_3', instance: 'a', takeovers: 1 },
      ended: { reason: 'gateway_lost' },
    });
  });

  it('of a gateway that shut down is no break when the robot is back within the grace', async () => {
    const before = connection('drained', 1);
    await claim(before);
    await end(before, 20_000, 'server_shutdown');
    await claim(connection('drained', 30));
    expect((await presence('drained')).since).toBe(1000);
    await end(connection('drained', 30), 40_000, 'server_shutdown');
    await claim(connection('drained', 90));
    expect((await presence('drained')).since).toBe(90_000);
  });
});

describe('being heard', () => {
  it('moves last seen of the holder only', async () => {
    await claim(connection('heard', 1));
    await claim(connection('heard', 2));
    const touch = (number: number) => ({ ...connection('heard', number), lastSeenAt: 9000 + number });
    expect(await touchPresence(here, [touch(1), touch(2)])).toEqual([false, true]);
    expect((await presence('heard')).lastSeenAt).toBe(9002);
  });
});

describe('robots and gateways', () => {
  it('pages through known robots in a stable order', async () => {
    await rememberRobots(here, ['c', 'a', 'B', 'a']);
    expect(await knownRobots(here, undefined, 2)).toEqual(['B', 'a']);
    expect(await knownRobots(here, 'a', 2)).toEqual(['c']);
  });

  it('tells every gateway when each was last alive', async () => {
    await beat(here, 'p1', 100);
    expect(await beat(there, 'p2', 200)).toEqual(
      new Map([
        ['p1', 100],
        ['p2', 200],
      ]),
    );
    expect(await lastBeatOf(here, 'p1')).toBe(100);
    expect(await lastBeatOf(here, 'p3')).toBeUndefined();
  });
});
