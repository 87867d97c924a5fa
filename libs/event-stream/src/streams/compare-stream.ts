import type { StreamConfig } from '@nats-io/jetstream';

import type { StreamPlan } from './stream-plan.ts';

export const nanoseconds = (seconds: number): number => seconds * 1e9;

/** What must change in an existing stream; widening only. */
export type Widening = Partial<
  Pick<StreamConfig, 'subjects' | 'max_bytes' | 'max_age' | 'duplicate_window' | 'num_replicas'>
>;

const isWider = (wanted: number, limit: number, unlimited: number): boolean =>
  limit !== unlimited && limit < wanted;

/** Why a stream cannot serve, as the end of a sentence that begins with its name; `undefined` when it can. */
const contradictionOf = (existing: StreamConfig): string | undefined => {
  if (existing.retention !== 'limits') return `has retention ${existing.retention}; expected limits`;
  if (existing.storage !== 'file') return `keeps its messages in ${existing.storage}; expected file`;
  if (existing.mirror !== undefined) return `is a mirror of ${existing.mirror.name}`;
  if (existing.sealed) return 'is sealed and takes no messages';
  if (existing.no_ack) return 'does not acknowledge messages (no_ack)';
  return undefined;
};

/** Compares a stream on the server with what is wanted. More than is wanted is fine. */
export const compareStream = (
  existing: StreamConfig,
  plan: StreamPlan,
): { contradiction: string } | { widening: Widening } => {
  const contradiction = contradictionOf(existing);
  if (contradiction !== undefined) return { contradiction };
  const subjects = existing.subjects;
  const missing = plan.subjects.filter((subject) => !subjects.includes(subject));
  return {
    widening: {
      ...(missing.length > 0 && { subjects: [...subjects, ...missing] }),
      ...(isWider(plan.maxBytes, existing.max_bytes, -1) && { max_bytes: plan.maxBytes }),
      ...(isWider(nanoseconds(plan.maxAgeSeconds), existing.max_age, 0) && {
        max_age: nanoseconds(plan.maxAgeSeconds),
      }),
      ...(existing.duplicate_window < nanoseconds(plan.duplicateWindowSeconds) && {
        duplicate_window: nanoseconds(plan.duplicateWindowSeconds),
      }),
      ...(existing.num_replicas < plan.replicas && { num_replicas: plan.replicas }),
    },
  };
};
