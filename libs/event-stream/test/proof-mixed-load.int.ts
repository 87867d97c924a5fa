import { eventually, startNats } from '@fleet/testing';

import { PublishError, type StoredEvent } from '../src/index.ts';
import { openStream } from './support/open-stream.ts';
import { readStream } from './support/read-stream.ts';
import { sample } from './support/sample.ts';

/** What is hard to frame: units of one to four bytes, escapes, and what looks like the protocol. */
const pieces = ['x', 'ü', '漢', '🤖', '"\\', '\r\n+OK\r\n', '\ud800'];
const sizes = [1, 40, 700, 3_000, 30_000];
const events = 3_000;

/** What an event carries beside its sample, 1 byte to 440 KB. */
const ballastOf = (seq: number): string => {
  const piece = pieces[seq % pieces.length] as string;
  if (seq % 750 === 0) return 'x'.repeat(440_000);
  return piece.repeat(Math.ceil((sizes[seq % sizes.length] as number) / piece.length));
};

/** One of seven robots in turn. */
const identify = (seq: number) => ({ id: crypto.randomUUID(), robotId: `robot_${seq % 7}`, seq });

describe('events of all sizes and alphabets from all doors, some given up, while the server is killed and paused', () => {
  it('has the exact bytes of every confirmed event once, each robot’s in the order of the calls', async () => {
    await using server = await startNats();
    await using open = openStream(server, { window: { messages: 200 }, buffer: { messages: 500 } });
    const { stream } = open;
    const made = new Map<string, ReturnType<typeof identify>>();
    const confirmed = new Map<string, StoredEvent>();
    const failures = new Set<string>();
    let told = 0;
    let published = 0;

    const send = (seq: number, signal?: AbortSignal) => {
      const one = identify(seq);
      made.set(one.id, one);
      const options = { id: one.id, target: ballastOf(seq), signal };
      const payload = sample(one.robotId, seq);
      const stored = (place: StoredEvent) => {
        told += 1;
        confirmed.set(one.id, place);
        if (seq % 50 === 4) throw new Error('a mistake of the caller');
      };
      const failed = (error: unknown) => {
        told += 1;
        failures.add(error instanceof PublishError ? error.kind : String(error));
      };
      if (seq % 5 === 0) {
        stream.emit('telemetry.data_received', payload, options);
        return;
      }
      published += 1;
      if (seq % 2 === 0) stream.publishWith('telemetry.data_received', payload, options, { stored, failed });
      else void stream.publish('telemetry.data_received', payload, options).then(stored, failed);
    };

    const publishing = (async () => {
      for (let seq = 1; seq <= events;) {
        const abort = new AbortController();
        for (const last = Math.min(events, seq + 39); seq <= last; seq += 1) {
          send(seq, seq % 9 === 0 ? abort.signal : undefined);
        }
        await stream.room({ type: 'telemetry.data_received' });
        await new Promise((resolve) => setImmediate(resolve));
        if (seq % 3 === 0) abort.abort();
      }
    })();
    await eventually(() => confirmed.size > events / 6);
    await server.kill();
    await eventually(() => !stream.status().connected);
    await server.start();
    await eventually(() => confirmed.size > events / 3);
    await server.pause();
    await eventually(() => stream.status().inFlight >= 200 || stream.status().pending >= 500);
    await server.resume();
    await publishing;
    await eventually(() => told === published && stream.status().pending === 0, { withinMs: 30_000 });

    const stored = await readStream(server, 'CHARTER_TELEMETRY');
    const sequences = new Map(stored.map(({ id, sequence }) => [id, sequence]));
    expect(sequences.size).toBe(stored.length);
    for (const [id, { sequence }] of confirmed) expect(sequences.get(id)).toBe(sequence);
    const last = new Map<string, number>();
    for (const { id, subject, text } of stored) {
      const { robotId, seq } = made.get(id) as ReturnType<typeof identify>;
      const event = JSON.parse(text) as { id: string; target: string; payload: { seq: number } };
      expect(event.id).toBe(id);
      expect(event.payload.seq).toBe(seq);
      expect(event.target === ballastOf(seq)).toBe(true);
      expect(subject.endsWith(`.${robotId}`)).toBe(true);
      expect(seq).toBeGreaterThan(last.get(robotId) ?? 0);
      last.set(robotId, seq);
    }
    expect([...failures].filter((kind) => kind !== 'aborted')).toEqual([]);
    expect(stream.status().reconnects).toBe(1);
  }, 90_000);
});
