import type { StreamName } from '@fleet/event-envelope';
import {
  AckPolicy,
  DeliverPolicy,
  JetStreamApiError,
  jetstreamManager,
  type ConsumerConfig,
  type ConsumerInfo,
  type ConsumerUpdateConfig,
  type JetStreamManager,
  type StreamInfo,
} from '@nats-io/jetstream';
import { nanos, type NatsConnection } from '@nats-io/nats-core';

import type { Log } from '../log.ts';
import { filterConfig, planFilters } from './filter-plan.ts';

export interface DurableWish {
  readonly durable: string;
  readonly stream: StreamName;
  readonly subjects: readonly string[];
  readonly from: 'new' | 'all';
  readonly ackWaitMs: number;
  readonly forgetAfterMs: number | undefined;
}

/** What all subscribers of a durable have settled, as far as is known here. */
export interface Progress {
  /** When the stream was made, Unix milliseconds. */
  readonly streamCreatedAt: number;
  /** Up to this sequence everything is settled. */
  readonly settledUpTo: number;
}

export interface FoundConsumer {
  readonly info: ConsumerInfo;
  readonly streamCreatedAt: number;
  readonly coarse: boolean;
}

const requestTimeoutMs = 5_000;
const consumerNotFound = 10014;

/** Among all subscribers of a durable, what may be in their hands. The server's own default is 1,000. */
const maxAckPending = 65_536;

const isNotFound = (error: unknown): boolean =>
  error instanceof JetStreamApiError && error.code === consumerNotFound;

const find = async (
  jsm: JetStreamManager,
  { stream, durable }: DurableWish,
): Promise<ConsumerInfo | undefined> => {
  try {
    return await jsm.consumers.info(stream, durable);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
};

const createdAt = ({ created }: StreamInfo): number => Date.parse(created);

/**
 * Where a durable that was lost goes on: behind what is known to be settled, rather repeating some events than missing
 * one. A stream that was made anew is read from its beginning.
 */
const startOf = (
  wish: DurableWish,
  stream: StreamInfo,
  progress: Progress | undefined,
): Partial<ConsumerConfig> => {
  if (progress === undefined) {
    return { deliver_policy: wish.from === 'all' ? DeliverPolicy.All : DeliverPolicy.New };
  }
  const same =
    createdAt(stream) === progress.streamCreatedAt && stream.state.last_seq >= progress.settledUpTo;
  return same
    ? { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: progress.settledUpTo + 1 }
    : { deliver_policy: DeliverPolicy.All };
};

const filtersOf = ({ config }: ConsumerInfo): string[] =>
  config.filter_subjects ?? (config.filter_subject ? [config.filter_subject] : []);

const sameSet = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((each) => other.includes(each));

/**
 * Finds the durable, or makes it where it is missing, or changes it where it differs. Rejects with the server's error.
 * Deliveries are counted on this side: a consumer that gave up by itself would leave nothing but an advisory.
 */
export const ensureDurable = async (
  nc: NatsConnection,
  wish: DurableWish,
  progress: Progress | undefined,
  log: Log,
): Promise<FoundConsumer> => {
  const { stream, durable } = wish;
  const jsm = await jetstreamManager(nc, { checkAPI: false, timeout: requestTimeoutMs });
  const streamInfo = await jsm.streams.info(stream);
  const { filters, coarse } = planFilters(wish.subjects, streamInfo.config.subjects, nc.info?.version ?? '');
  const changeable = {
    ack_wait: nanos(wish.ackWaitMs),
    max_deliver: -1,
    max_ack_pending: maxAckPending,
    ...(wish.forgetAfterMs !== undefined && { inactive_threshold: nanos(wish.forgetAfterMs) }),
    ...filterConfig({ filters, coarse }),
  };
  const found = { streamCreatedAt: createdAt(streamInfo), coarse };
  const existing = await find(jsm, wish);
  if (existing === undefined) {
    if (progress !== undefined) log.warn({ durable, stream }, 'durable was gone and is made again');
    const start = startOf(wish, streamInfo, progress);
    const info = await jsm.consumers.add(stream, {
      durable_name: durable,
      ack_policy: AckPolicy.Explicit,
      ...start,
      ...changeable,
    });
    return { ...found, info };
  }
  const { config } = existing;
  if (config.ack_policy !== AckPolicy.Explicit || config.deliver_subject !== undefined) {
    throw new Error(
      `the durable ${durable} of ${stream} exists and is no pull consumer with explicit acknowledgements`,
    );
  }
  const unchanged =
    sameSet(filtersOf(existing), filters) &&
    config.ack_wait === changeable.ack_wait &&
    config.max_deliver === changeable.max_deliver &&
    config.max_ack_pending === changeable.max_ack_pending &&
    (config.inactive_threshold ?? 0) === (changeable.inactive_threshold ?? 0);
  if (unchanged) return { ...found, info: existing };
  log.info({ durable, stream, filters }, 'durable is changed to what its subscriber asks for');
  const cleared = { filter_subject: undefined, filter_subjects: undefined };
  // The client merges what it is given into what there is; only what is undefined there goes.
  const change = { ...cleared, ...changeable } as Partial<ConsumerUpdateConfig>;
  return { ...found, info: await jsm.consumers.update(stream, durable, change) };
};
