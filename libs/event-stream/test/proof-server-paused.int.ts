import { setTimeout } from 'node:timers/promises';

import { eventually, startNats } from '@fleet/testing';

import type { EventStream } from '../src/index.ts';
import { expectComplete } from './support/expect-complete.ts';
import { publishLoad } from './support/load.ts';
import { openStream } from './support/open-stream.ts';
import { readStream } from './support/read-stream.ts';

const pauseMs = 20_000;
const heldMost = 4_096;
const megabyte = 1_000_000;

/** Emits for so long what nobody waits for, far more than may be held. */
const emitAtLength = async (stream: EventStream, untilMs: number): Promise<number> => {
  let emitted = 0;
  while (Date.now() < untilMs) {
    for (let i = 0; i < 200; i += 1, emitted += 1) {
      stream.emit('telemetry.message_rejected', {
        robot_id: 'robot_1',
        connection_id: 'ws_robot_1_1703001234_abcdef',
        code: 'invalid_json',
        detail: 'x'.repeat(200),
        rejected_at: Date.now() / 1000,
      });
    }
    await setTimeout(20);
  }
  return emitted;
};

describe('a server that hangs for 20 s and goes on', () => {
  it('is left, joined again, and has every event once and in order, and nothing grows meanwhile', async () => {
    await using server = await startNats();
    // Both the deadline of an acknowledgement and the pings run out while it hangs.
    await using open = openStream(server, {
      pingIntervalMs: 1_000,
      ackTimeoutMs: 700,
      buffer: { messages: heldMost },
    });
    const load = { robots: 20, samples: 300, unconfirmed: 1_500 };

    let confirmed = 0;
    const publishing = publishLoad(open.stream, load, (count) => (confirmed = count));
    await eventually(() => confirmed >= 500);
    await server.pause();
    const until = Date.now() + pauseMs;
    const before = process.memoryUsage.rss();
    let emitted: number;
    try {
      await eventually(() => open.lines.some(({ message }) => message === 'event stream answers no ping'));
      await eventually(() => !open.stream.status().connected);
      expect(open.stream.status().pending).toBeLessThanOrEqual(load.unconfirmed);
      expect(open.stream.status().inFlight).toBe(0);
      emitted = await emitAtLength(open.stream, until);
      const { pending, dropped } = open.stream.status();
      expect(pending).toBeLessThanOrEqual(load.unconfirmed + heldMost);
      expect(dropped.overflow_expendable).toBeGreaterThanOrEqual(emitted - heldMost);
      expect((process.memoryUsage.rss() - before) / megabyte).toBeLessThan(150);
    } finally {
      await server.resume();
    }
    await publishing;

    expectComplete(await readStream(server, 'CHARTER_TELEMETRY'), load);
    await eventually(() => open.stream.status().pending === 0);
    const { stored, dropped } = open.stream.status();
    expect(stored).toBe(load.robots * load.samples + emitted - dropped.overflow_expendable);
  }, 90_000);
});
