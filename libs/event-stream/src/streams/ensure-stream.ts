import {
  DiscardPolicy,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
  type JetStreamManager,
  type StreamConfig,
} from '@nats-io/jetstream';

import type { Log } from '../log.ts';
import { compareStream, nanoseconds, type Widening } from './compare-stream.ts';
import { ContradictionError } from './contradiction-error.ts';
import type { StreamPlan } from './stream-plan.ts';

/** JetStream's `err_code`s that decide what follows. */
const codes = {
  streamNotFound: 10059,
  streamNameInUse: 10058,
  subjectsOverlap: 10065,
  noStorage: 10047,
  accountLimit: 10002,
} as const;

const smallestBytes = 1024 ** 2;

const codeOf = (error: unknown): number => (error instanceof JetStreamApiError ? error.code : 0);

const isShortOfRoom = (error: unknown): boolean => {
  const code = codeOf(error);
  return code === codes.noStorage || code === codes.accountLimit;
};

const configOf = (plan: StreamPlan, maxBytes: number) => ({
  name: plan.name,
  description: plan.description,
  subjects: [...plan.subjects],
  retention: RetentionPolicy.Limits,
  storage: StorageType.File,
  discard: DiscardPolicy.Old,
  max_bytes: maxBytes,
  max_age: nanoseconds(plan.maxAgeSeconds),
  duplicate_window: nanoseconds(plan.duplicateWindowSeconds),
  num_replicas: plan.replicas,
  allow_direct: true,
});

/**
 * Makes a stream as large as is wanted. Where the server has no room for that, it is made of half the size, and half
 * again, until it fits, and then given half of what fits: the other streams need room too.
 */
const addStream = async (jsm: JetStreamManager, plan: StreamPlan, log: Log): Promise<void> => {
  for (let maxBytes = plan.maxBytes; ; maxBytes = Math.floor(maxBytes / 2)) {
    try {
      await jsm.streams.add(configOf(plan, maxBytes));
      if (maxBytes === plan.maxBytes) return;
      const share = Math.max(smallestBytes, Math.floor(maxBytes / 2));
      await jsm.streams.update(plan.name, { max_bytes: share });
      log.warn(
        { stream: plan.name, wantedBytes: plan.maxBytes, maxBytes: share },
        'stream made smaller than configured: the server has no more room',
      );
      return;
    } catch (error) {
      if (codeOf(error) === codes.subjectsOverlap) {
        const subjects = plan.subjects.join(', ');
        throw new ContradictionError(
          plan.name,
          `cannot be made: another stream captures some of ${subjects}`,
        );
      }
      if (!isShortOfRoom(error) || maxBytes / 2 < smallestBytes) throw error;
    }
  }
};

const widenStream = async (
  jsm: JetStreamManager,
  plan: StreamPlan,
  widening: Widening,
  log: Log,
): Promise<boolean> => {
  if (Object.keys(widening).length === 0) return false;
  try {
    await jsm.streams.update(plan.name, widening);
  } catch (error) {
    if (codeOf(error) === codes.subjectsOverlap) {
      throw new ContradictionError(plan.name, 'lacks subjects that another stream captures');
    }
    const { subjects, ...limits } = widening;
    log.warn(
      { stream: plan.name, limits, err: error },
      'stream kept with its limits: the server refused to widen them',
    );
    if (subjects !== undefined) await jsm.streams.update(plan.name, { subjects });
    return subjects !== undefined;
  }
  return true;
};

const existingStream = async (jsm: JetStreamManager, name: string): Promise<StreamConfig | undefined> => {
  try {
    return (await jsm.streams.info(name)).config;
  } catch (error) {
    if (codeOf(error) === codes.streamNotFound) return undefined;
    throw error;
  }
};

/**
 * Sees to it that a stream is there and takes what it should. Throws a {@link ContradictionError} when only a person can
 * say what is right, and the server's error when another try may help.
 */
export const ensureStream = async (
  jsm: JetStreamManager,
  plan: StreamPlan,
  log: Log,
): Promise<'present' | 'created' | 'widened'> => {
  const existing = await existingStream(jsm, plan.name);
  if (existing === undefined) {
    try {
      await addStream(jsm, plan, log);
      return 'created';
    } catch (error) {
      // Another instance was faster.
      if (codeOf(error) !== codes.streamNameInUse) throw error;
      return ensureStream(jsm, plan, log);
    }
  }
  const result = compareStream(existing, plan);
  if ('contradiction' in result) throw new ContradictionError(plan.name, result.contradiction);
  return (await widenStream(jsm, plan, result.widening, log)) ? 'widened' : 'present';
};
