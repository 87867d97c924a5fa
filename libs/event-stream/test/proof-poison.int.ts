import { join } from 'node:path';

import { eventually, startChild, startNats, type Child, type Server } from '@fleet/testing';

import { administer } from './support/administer.ts';
import { deadLettersOf, publishRaw } from './support/open-durable.ts';
import { openStream } from './support/open-stream.ts';
import { established } from './support/sample.ts';

const type = 'telemetry.connection_established';
const subject = `charter.v1.${type}`;

const isDone = async (server: Server): Promise<boolean> => {
  const { num_pending, num_ack_pending } = await administer(server, (manager) =>
    manager.consumers.info('CHARTER_EVENTS', 'poisoned'),
  );
  return num_pending === 0 && num_ack_pending === 0;
};

/** Starts a subscriber again whenever one has died, until everything is settled. */
const keepStarting = async (server: Server): Promise<{ lives: Child[]; lines: string[] }> => {
  const lives: Child[] = [];
  for (;;) {
    const child = startChild({
      entry: join(__dirname, 'fixtures/poisoned-subscriber.ts'),
      env: { SERVER: server.url },
    });
    lives.push(child);
    const life = { over: false };
    void child.exited.then(() => (life.over = true));
    // Settled, and known to be so: the status comes after the acknowledgements.
    await eventually(
      async () => life.over || (/"lag":0/.test(child.lines.at(-1) ?? '') && (await isDone(server))),
    );
    if (life.over) continue;
    child.kill('SIGKILL');
    await child.exited;
    return { lives, lines: lives.flatMap(({ lines }) => lines) };
  }
};

describe('poison', () => {
  it('is set aside, each kind for its reason; all else is handled, and the numbers add up', async () => {
    await using server = await startNats();
    await using open = openStream(server);
    const good = Array.from({ length: 60 }, (_, n) => `good_${n}`);
    const poison = ['throws_1', 'throws_2', 'hangs_1', 'never_1', 'kills_1', 'kills_2'];
    const all = [...good];
    poison.forEach((robot, index) => all.splice(index * 9 + 5, 0, robot));
    for (const robot of all) await open.stream.publish(type, established(robot, 1));
    await publishRaw(server, [
      { subject: `${subject}.garbled`, body: '{"id":' },
      { subject: `${subject}.garbled`, body: '{}' },
    ]);

    const { lives, lines } = await keepStarting(server);

    const letters = await deadLettersOf(server);
    const reasons = Object.fromEntries(
      letters.map(({ header }, index) => {
        const robot = header('Charter-Subject').slice(subject.length + 1);
        return [robot === 'garbled' ? `garbled ${index}` : robot, header('Charter-Error-Kind')];
      }),
    );
    expect(reasons).toMatchObject({
      throws_1: 'exhausted',
      throws_2: 'exhausted',
      hangs_1: 'exhausted',
      never_1: 'permanent',
      kills_1: 'process_died',
      kills_2: 'process_died',
    });
    expect(letters.map(({ header }) => header('Charter-Error-Kind')).sort()).toEqual([
      'exhausted',
      'exhausted',
      'exhausted',
      'invalid_envelope',
      'not_json',
      'permanent',
      'process_died',
      'process_died',
    ]);

    // What is handled and what is set aside make up all that was published, and nothing is both.
    const handled = new Set(lines.filter((line) => line.startsWith('handled ')).map((line) => line.slice(8)));
    expect([...handled].sort()).toEqual([...good].sort());
    expect(handled.size + letters.length).toBe(all.length + 2);

    const killed = await Promise.all(lives.map(({ exited }) => exited));
    expect(killed.every(({ signal }) => signal === 'SIGKILL')).toBe(true);
    // Each of the two kills no more often than it is tried.
    expect(lives.length).toBeLessThanOrEqual(2 * 3 + 1);
    expect(lines.filter((line) => line === 'aborted hangs_1').length).toBeGreaterThanOrEqual(1);
  }, 180_000);
});
