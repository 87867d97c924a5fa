import { eventually, startNats } from '@fleet/testing';

import { expectComplete } from './support/expect-complete.ts';
import { publishLoad } from './support/load.ts';
import { openStream } from './support/open-stream.ts';
import { readStream } from './support/read-stream.ts';

describe('a server that is killed under load and started again', () => {
  it('has every confirmed event once, each robot’s in order, and gets the rest when it is back', async () => {
    await using server = await startNats();
    await using open = openStream(server);
    const load = { robots: 20, samples: 500, unconfirmed: 2_000 };

    let confirmed = 0;
    const publishing = publishLoad(open.stream, load, (count) => (confirmed = count));
    for (const after of [1_000, 5_000]) {
      await eventually(() => confirmed >= after);
      await server.kill();
      const before = confirmed;
      await eventually(() => !open.stream.status().connected);
      await server.start();
      await eventually(() => confirmed > before);
    }
    const results = await publishing;

    const stored = await readStream(server, 'CHARTER_TELEMETRY');
    expectComplete(stored, load);
    const bySequence = new Map(stored.map((message) => [message.sequence, message.payload.seq]));
    for (const { sequence, seq } of results) expect(bySequence.get(sequence)).toBe(seq);
    expect(open.stream.status()).toMatchObject({ pending: 0, inFlight: 0, stored: results.length });
    expect(open.stream.status().reconnects).toBeGreaterThanOrEqual(2);
  }, 90_000);
});
