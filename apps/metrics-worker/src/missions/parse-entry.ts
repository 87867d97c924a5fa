import { isEntityId } from '@fleet/event-envelope';

import { eventTime } from './event-time.ts';
import { kindOfEventType, kindOfStatus } from './event-kind.ts';
import type { MissionEvent } from './mission-event.ts';

/** An entry as Redis gives it: its id, then names and values in turn. */
export type StreamEntry = readonly [id: string, fields: readonly string[]];

export type RejectionReason =
  'no_event_type' | 'no_mission_id' | 'invalid_mission_id' | 'invalid_json' | 'not_an_object' | 'no_status';

/** An entry that says nothing about a mission, and why. */
export interface Rejection {
  readonly reason: RejectionReason;
}

const maxMissionIdLength = 256;

/** Half a character, which JSON can escape and UTF-8 cannot hold. */
const loneSurrogate = /\p{Surrogate}/u;

/**
 * Reads one entry: either the fields `event_type` and `mission_id`, or one field `data` with JSON that has a `status`
 * and, perhaps, a `mission_id`. `robot_id` and `timestamp` are optional in both. Unknown fields are ignored.
 */
export const parseEntry = ([id, fields]: StreamEntry, nowMs: number): MissionEvent | Rejection => {
  let eventType: string | undefined;
  let missionId: string | undefined;
  let robotId: string | undefined;
  let timestamp: string | undefined;
  let data: string | undefined;
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const value = fields[index + 1];
    switch (fields[index]) {
      case 'event_type':
        eventType = value;
        break;
      case 'mission_id':
        missionId = value;
        break;
      case 'robot_id':
        robotId = value;
        break;
      case 'timestamp':
        timestamp = value;
        break;
      case 'data':
        data = value;
        break;
    }
  }
  if (eventType === undefined) {
    if (data === undefined) return { reason: 'no_event_type' };
    return parseData(id, data, { missionId, robotId, timestamp }, nowMs);
  }
  if (missionId === undefined || missionId === '') return { reason: 'no_mission_id' };
  if (missionId.length > maxMissionIdLength) return { reason: 'invalid_mission_id' };
  return {
    kind: kindOfEventType(eventType),
    missionId,
    robotId: isEntityId(robotId) ? robotId : undefined,
    ...eventTime(id, timestamp, nowMs),
  };
};

interface OuterFields {
  missionId: string | undefined;
  robotId: string | undefined;
  timestamp: string | undefined;
}

const parseData = (id: string, data: string, outer: OuterFields, nowMs: number): MissionEvent | Rejection => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(data);
  } catch {
    return { reason: 'invalid_json' };
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    return { reason: 'not_an_object' };
  const fields = parsed as Record<string, unknown>;
  const { status, event_type: eventType } = fields;
  if (typeof status !== 'string' && typeof eventType !== 'string') return { reason: 'no_status' };
  const missionId = idOf(fields['mission_id']) ?? outer.missionId;
  if (missionId !== undefined && (missionId.length > maxMissionIdLength || loneSurrogate.test(missionId))) {
    return { reason: 'invalid_mission_id' };
  }
  const robotId = fields['robot_id'] ?? outer.robotId;
  return {
    kind: typeof status === 'string' ? kindOfStatus(status) : kindOfEventType(eventType as string),
    missionId,
    robotId: isEntityId(robotId) ? robotId : undefined,
    ...eventTime(id, fields['timestamp'] ?? outer.timestamp, nowMs),
  };
};

const idOf = (value: unknown): string | undefined => {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
};
