import { setImmediate as nextTurn } from 'node:timers/promises';

import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';

import type { EventStream } from '@fleet/event-stream';
import type { Contender } from './measure.ts';
import { madeAndEncoded, sample } from './sample.ts';

/** How many may be unacknowledged, for all who wait for acknowledgements. */
export const windowSize = 4_096;

/** Keeps a window of promises going and resolves when all are kept. */
const windowed = (count: number, start: (index: number) => Promise<unknown>): Promise<void> =>
  new Promise((resolve, reject) => {
    let started = 0;
    let done = 0;
    const settle = () => {
      done += 1;
      if (done === count) resolve();
      // Refilled by quarters: started one by one, each would have a packet of its own.
      else if (started - done <= windowSize * 0.75) fill();
    };
    const fill = () => {
      while (started < count && started - done < windowSize) {
        start(started).then(settle, reject);
        started += 1;
      }
    };
    fill();
  });

/** Publishes without acknowledgements, as fast as the client takes it. */
const unacknowledged = async (
  nc: NatsConnection,
  count: number,
  next: (index: number) => { subject: string; bytes: Uint8Array },
): Promise<void> => {
  for (let i = 0; i < count; i += 1) {
    const { subject, bytes } = next(i);
    nc.publish(subject, bytes);
    // The client's buffer has no bound of its own.
    if (i % windowSize === 0) await nc.flush();
  }
  await nc.flush();
};

/** Emits life-cycle events, half a window ahead of what is stored. */
const emitted = async (stream: EventStream, count: number): Promise<void> => {
  const settled = () => {
    const { stored, outboxed } = stream.status();
    return stored + outboxed;
  };
  const before = settled();
  const untilSettled = async (number: number) => {
    while (settled() - before < number) await nextTurn();
  };
  for (let i = 0; i < count; i += 1) {
    stream.emit('telemetry.connection_established', {
      robot_id: `robot_${i % 100}`,
      connection_id: 'ws_robot_1_1703001234_abcdef',
      connected_at: Date.now() / 1000,
    });
    if (i % (windowSize / 4) === 0) await untilSettled(i - windowSize / 2);
  }
  await untilSettled(count);
};

const prepared = Array.from({ length: 100 }, (_, index) => madeAndEncoded(index));
const preparedAt = (index: number) => prepared[index % prepared.length] as (typeof prepared)[number];

export const names = {
  coreUncaptured: 'core publish, no stream listening',
  core: 'core publish into the stream, no acknowledgement',
  js: 'js.publish with a message id',
  ours: 'publish',
  emitted: 'emit of life-cycle events, until stored',
  emittedArmed: 'emit of life-cycle events, outbox armed, until stored',
  corePrepared: 'core publish of prepared bytes into the stream',
  jsPrepared: 'js.publish of prepared bytes',
} as const;

export const publishContenders = (
  nc: NatsConnection,
  ours: EventStream,
  armed: EventStream,
): readonly Contender[] => {
  const js = jetstream(nc);
  const timeout = 30_000;
  return [
    {
      name: names.coreUncaptured,
      run: (count) =>
        unacknowledged(nc, count, (index) => {
          const { subject, bytes } = madeAndEncoded(index);
          return { subject: `bench.${subject}`, bytes };
        }),
    },
    { name: names.core, run: (count) => unacknowledged(nc, count, madeAndEncoded) },
    {
      name: names.js,
      run: (count) =>
        windowed(count, (index) => {
          const { subject, bytes, event } = madeAndEncoded(index);
          return js.publish(subject, bytes, { msgID: event.id, timeout });
        }),
    },
    {
      name: names.ours,
      run: (count) => windowed(count, (index) => ours.publish('telemetry.data_received', sample(index))),
    },
    { name: names.emitted, run: (count) => emitted(ours, count) },
    { name: names.emittedArmed, run: (count) => emitted(armed, count) },
    { name: names.corePrepared, run: (count) => unacknowledged(nc, count, preparedAt) },
    {
      name: names.jsPrepared,
      run: (count) =>
        windowed(count, (index) => {
          const { subject, bytes } = preparedAt(index);
          return js.publish(subject, bytes, {
            msgID: `${process.pid}-${performance.now()}-${index}`,
            timeout,
          });
        }),
    },
  ];
};
