import { eventually, startNats } from '@fleet/testing';

import { openPassage } from './support/open-passage.ts';
import { openStream } from './support/open-stream.ts';
import { readStream } from './support/read-stream.ts';
import { sample } from './support/sample.ts';

const noticed = 'event stream answers no ping';

describe('a connection on which nothing arrives any more', () => {
  it('is noticed by the pings and replaced, and what was under way is stored once', async () => {
    await using server = await startNats();
    await using passage = await openPassage(server);
    await using open = openStream(passage, { pingIntervalMs: 1_000 });
    await open.stream.publish('telemetry.data_received', sample('robot_1', 1));

    passage.choke();
    const since = Date.now();
    const publishing = open.stream.publish('telemetry.data_received', sample('robot_1', 2));
    await eventually(() => open.lines.some(({ message }) => message === noticed));
    const noticedAfterMs = Date.now() - since;
    console.log(`half-open connection noticed after ${noticedAfterMs} ms at a ping interval of 1000 ms`);
    // Two intervals, and as much again for a busy machine.
    expect(noticedAfterMs).toBeLessThan(4_000);
    await publishing;

    const stored = await readStream(server, 'CHARTER_TELEMETRY');
    expect(stored.map(({ payload }) => payload.seq)).toEqual([1, 2]);
  }, 60_000);

  it('is left even when the socket takes nothing more', async () => {
    await using server = await startNats();
    await using passage = await openPassage(server);
    // More on the wire than all buffers on the way hold.
    const window = { messages: 100_000, bytes: 64 * 1024 ** 2 };
    await using open = openStream(passage, { pingIntervalMs: 1_000, window, buffer: window });
    await open.stream.publish('telemetry.data_received', sample('robot_1', 1));

    passage.choke();
    const attributes = { note: 'x'.repeat(10_000) };
    const count = 3_000;
    const publishing = Array.from({ length: count }, (_, index) =>
      open.stream.publish('telemetry.data_received', { ...sample('robot_1', index + 2), attributes }),
    );
    await eventually(() => open.lines.some(({ message }) => message === noticed));
    await Promise.all(publishing);

    const stored = await readStream(server, 'CHARTER_TELEMETRY');
    expect(stored.map(({ payload }) => payload.seq)).toEqual(
      Array.from({ length: count + 1 }, (_, i) => i + 1),
    );
  }, 60_000);
});
