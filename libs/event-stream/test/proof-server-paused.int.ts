import { eventually, startNats } from '@fleet/testing';

import { expectComplete } from './support/expect-complete.ts';
import { publishLoad } from './support/load.ts';
import { openStream } from './support/open-stream.ts';
import { readStream } from './support/read-stream.ts';

describe('a server that hangs and goes on', () => {
  it('is left, joined again, and has every event once and in order', async () => {
    await using server = await startNats();
    // Both the deadline of an acknowledgement and the pings run out while it hangs.
    await using open = openStream(server, { pingIntervalMs: 1_000, ackTimeoutMs: 700 });
    const load = { robots: 20, samples: 300, unconfirmed: 1_500 };

    let confirmed = 0;
    const publishing = publishLoad(open.stream, load, (count) => (confirmed = count));
    await eventually(() => confirmed >= 500);
    await server.pause();
    try {
      await eventually(() => open.lines.some(({ message }) => message === 'event stream answers no ping'));
      await eventually(() => !open.stream.status().connected);
      expect(open.stream.status().pending).toBeLessThanOrEqual(load.unconfirmed);
      expect(open.stream.status().inFlight).toBe(0);
    } finally {
      await server.resume();
    }
    await publishing;

    expectComplete(await readStream(server, 'CHARTER_TELEMETRY'), load);
    expect(open.stream.status()).toMatchObject({ pending: 0, stored: load.robots * load.samples });
  }, 90_000);
});
