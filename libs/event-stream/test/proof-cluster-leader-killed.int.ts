import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

import { eventually, startNatsCluster } from '@fleet/testing';

import { numbersBySubject } from './support/expect-complete.ts';
import { publishLoad } from './support/load.ts';
import { subscribed } from './support/open-durable.ts';
import { openStream } from './support/open-stream.ts';
import { readStream } from './support/read-stream.ts';

const leaderOf = async (url: string, stream: string): Promise<string> => {
  const nc = await connect({ servers: url.split(',') });
  try {
    const { cluster } = await (await jetstreamManager(nc)).streams.info(stream);
    if (cluster?.leader === undefined) throw new Error(`${stream} has no leader`);
    return cluster.leader;
  } finally {
    await nc.close();
  }
};

const longestPauseMs = (times: readonly number[]): number =>
  times.reduce((longest, at, index) => Math.max(longest, at - (times[index - 1] ?? at)), 0);

describe('a cluster of three whose stream leader is killed under load', () => {
  it('has every confirmed event, takes the rest from the next leader, and subscribers get each of them', async () => {
    await using cluster = await startNatsCluster(3);
    await using open = openStream(cluster, { replicas: 3, ackTimeoutMs: 1_000 });
    const load = { robots: 20, samples: 300, unconfirmed: 1_000 };

    const handled = new Set<string>();
    const subscription = await subscribed(open.stream, {
      durable: 'reader',
      types: ['telemetry.data_received'],
      concurrency: 8,
      handle: ({ payload }) => void handled.add(`${payload.robot_id} ${payload.seq}`),
    });

    let confirmed = 0;
    const publishing = publishLoad(open.stream, load, (count) => (confirmed = count));
    await eventually(() => confirmed >= 1_000, { withinMs: 60_000 });
    const leader = await leaderOf(cluster.url, 'CHARTER_TELEMETRY');
    const member = cluster.servers[Number(leader.slice(1)) - 1];
    if (member === undefined) throw new Error(`no member ${leader}`);
    await member.kill();
    const results = await publishing;
    const survivors = cluster.servers.filter((server) => server !== member).map(({ url }) => url);

    const stored = await eventually(() => readStream({ url: survivors.join(',') }, 'CHARTER_TELEMETRY'));
    const numbers = numbersBySubject(stored);
    const overtaken = [...numbers.values()].flatMap((list) =>
      list.filter((seq, i) => seq < (list[i - 1] ?? 0)),
    );
    console.log(
      `leader ${leader} killed: longest pause between confirmations ${longestPauseMs(results.map(({ at }) => at))} ms, ` +
        `${overtaken.length} of ${stored.length} events stored after a later one of their robot`,
    );
    expect(new Set(stored.map(({ id }) => id)).size).toBe(stored.length);
    const all = Array.from({ length: load.samples }, (_, index) => index + 1);
    for (const list of numbers.values()) expect([...list].sort((a, b) => a - b)).toEqual(all);
    expect(results.length).toBe(load.robots * load.samples);

    await eventually(() => handled.size === stored.length, { withinMs: 60_000 });
    expect(subscription.status().deadLettered).toBe(0);
  }, 150_000);
});
