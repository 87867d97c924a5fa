import {
  isEntityId,
  streamOf,
  subjectFilter,
  type CharterEvent,
  type EventType,
} from '@fleet/event-envelope';

import { createCounters } from './counters.ts';
import type { SubscriptionsParts } from './create-subscriptions.ts';
import { StreamReader } from './stream-reader.ts';
import type { SubscribeOptions, Subscription, SubscriptionStatus } from './subscription.ts';
import { HandlerTries } from './try-handler.ts';
import { within } from '../within.ts';

export interface RunningSubscription extends Subscription {
  /** Drains, and leaves to others what is not done in time. */
  close(deadlineMs: number): Promise<void>;
}

const expectOptions = ({
  durable,
  types,
  entity,
  concurrency,
  maxDeliver,
}: SubscribeOptions<EventType>): void => {
  const wrong = (what: string, got: unknown) =>
    new RangeError(`subscribe: expected ${what}, got ${JSON.stringify(got)}`);
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(durable)) throw wrong('a durable of 1 to 64 of A-Z a-z 0-9 _ -', durable);
  if (types.length === 0) throw wrong('at least one type', types);
  if (entity !== undefined && !isEntityId(entity)) throw wrong('the id of a robot or job', entity);
  for (const number of [concurrency, maxDeliver]) {
    if (number !== undefined && !(Number.isInteger(number) && number >= 1))
      throw wrong('an integer from 1', number);
  }
};

/** Begins to read at once, or as soon as there is a connection. Throws a `RangeError` for options that make no sense. */
export const createSubscription = <T extends EventType>(
  options: SubscribeOptions<T>,
  { connection, log, handled, mend }: SubscriptionsParts,
): RunningSubscription => {
  expectOptions(options);
  const { durable, types, entity, idempotent = 'self' } = options;
  if (idempotent === 'store' && handled === undefined) {
    throw new RangeError(
      `subscribe: ${durable} is to be idempotent by a store of handled events, and there is none`,
    );
  }
  const counters = createCounters();
  const tries = new HandlerTries({
    durable,
    timeoutMs: options.handleTimeoutMs ?? 300_000,
    counters,
    // The types are what the reader lets through.
    handle: (event, facts) => options.handle(event as CharterEvent<T>, facts),
  });
  const prefixes = new Map(types.map((type) => [type as string, subjectFilter(type).slice(0, -1)]));
  const begins = [...prefixes.values()];
  const ending = entity === undefined ? '' : `.${entity}`;
  const wants = (subject: string): boolean =>
    begins.some((prefix) => subject.startsWith(prefix)) && subject.endsWith(ending);

  const readers = [...new Set(types.map(streamOf))].map(
    (stream) =>
      new StreamReader({
        connection,
        log,
        wish: {
          durable,
          stream,
          subjects: types
            .filter((type) => streamOf(type) === stream)
            .map((type) => subjectFilter(type, entity)),
          from: options.from ?? 'new',
          ackWaitMs: options.ackWaitMs ?? 30_000,
          forgetAfterMs: options.forgetAfterMs,
        },
        prefixes,
        concurrency: options.concurrency ?? 1,
        batch: options.batch ?? 512,
        maxDeliver: options.maxDeliver ?? 5,
        backoffMs: options.backoffMs ?? [1_000, 5_000, 15_000, 30_000],
        tries,
        handled: idempotent === 'store' ? handled : undefined,
        counters,
        wants,
        mend,
      }),
  );

  const drain = async (): Promise<void> => {
    await Promise.all(readers.map((reader) => reader.drain()));
  };
  const lag = (): number | null => {
    const lags = readers.map((reader) => reader.lag);
    return lags.includes(null) ? null : lags.reduce<number>((total, each) => total + (each ?? 0), 0);
  };

  return {
    status: (): SubscriptionStatus => ({
      ...counters,
      durable,
      lag: lag(),
      inHand: readers.reduce((total, reader) => total + reader.inHand, 0),
      deadLettered: Object.values(counters.deadLetters).reduce((total, count) => total + count, 0),
      deadLetters: { ...counters.deadLetters },
      handling: { ...counters.handling },
    }),
    drain,
    async close(deadlineMs) {
      await within(deadlineMs, drain());
      for (const reader of readers) reader.abandon();
      tries.abandon(new Error('the event stream is closed'));
    },
  };
};
