import { streamSubjects, type StreamName } from '@fleet/event-envelope';

import type { EventStreamSettings, StreamLimits } from '../settings.ts';

/** A stream as this service wants it. */
export interface StreamPlan extends StreamLimits {
  readonly name: StreamName;
  readonly subjects: readonly string[];
  readonly replicas: number;
  readonly duplicateWindowSeconds: number;
  readonly description: string;
}

const mebibyte = 1024 ** 2;
const day = 86_400;

const plans: Record<StreamName, StreamLimits & Pick<StreamPlan, 'duplicateWindowSeconds' | 'description'>> = {
  CHARTER_EVENTS: {
    maxBytes: 1024 * mebibyte,
    maxAgeSeconds: 30 * day,
    duplicateWindowSeconds: 600,
    description: 'Charter v1: what happened',
  },
  CHARTER_TELEMETRY: {
    maxBytes: 2048 * mebibyte,
    maxAgeSeconds: day,
    duplicateWindowSeconds: 120,
    description: 'Charter v1: what robots measured',
  },
  CHARTER_DEAD_LETTERS: {
    maxBytes: 256 * mebibyte,
    maxAgeSeconds: 30 * day,
    duplicateWindowSeconds: 120,
    description: 'Charter v1: what could not be handled',
  },
};

export const streamNames = Object.keys(plans) as readonly StreamName[];

/** A stream of the Charter with the settings' limits where they give any. */
export const streamPlanOf = (
  name: StreamName,
  settings: Pick<EventStreamSettings, 'replicas' | 'streams'>,
): StreamPlan => ({
  ...plans[name],
  ...Object.fromEntries(
    Object.entries(settings.streams?.[name] ?? {}).filter(([, value]) => (value as unknown) !== undefined),
  ),
  name,
  subjects: streamSubjects[name],
  replicas: settings.replicas ?? 1,
});
