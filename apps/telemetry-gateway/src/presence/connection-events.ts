import type { CharterEvent, CloseReason, CreateEventOptions, EventPayload } from '@fleet/event-envelope';
import type { ConnectionChange, PresenceClaim, PresenceEnd } from '@fleet/fleet-store';
import { connectionEventId } from './connection-event-id.ts';

export const establishedType = 'telemetry.connection_established';
export const closedType = 'telemetry.connection_closed';

/** Who makes connection events: the instance for people, the process for whoever has to tell if it still lives. */
export interface Producer {
  instance: string;
  processId: string;
}

interface EventOf<T extends typeof establishedType | typeof closedType> {
  payload: EventPayload<T>;
  options: CreateEventOptions;
}

const optionsOf = (type: typeof establishedType | typeof closedType, connectionId: string, by: Producer) => ({
  id: connectionEventId(type, connectionId),
  meta: { producer: `${by.instance}/${by.processId}` },
});

/** Times are Unix milliseconds. */
export function establishedEvent(
  of: { robotId: string; connectionId: string; connectedAt: number; protocol?: string | undefined },
  by: Producer,
): EventOf<typeof establishedType> {
  return {
    payload: {
      robot_id: of.robotId,
      connection_id: of.connectionId,
      connected_at: of.connectedAt / 1000,
      ...(of.protocol === undefined ? {} : { protocol: of.protocol }),
    },
    options: optionsOf(establishedType, of.connectionId, by),
  };
}

/** Times are Unix milliseconds. A connection never ends before it began, whatever the clocks say. */
export function closedEvent(
  of: { robotId: string; connectionId: string; connectedAt: number },
  reason: CloseReason,
  endedAt: number,
  by: Producer,
): EventOf<typeof closedType> {
  const disconnectedAt = Math.max(endedAt, of.connectedAt);
  return {
    payload: {
      robot_id: of.robotId,
      connection_id: of.connectionId,
      duration_seconds: (disconnectedAt - of.connectedAt) / 1000,
      reason,
      disconnected_at: disconnectedAt / 1000,
    },
    options: optionsOf(closedType, of.connectionId, by),
  };
}

type ConnectionEvent = CharterEvent<typeof establishedType | typeof closedType>;

function producerOf({ meta }: ConnectionEvent): Producer | undefined {
  const [, instance, processId] =
    /^([^]{1,256})\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(meta.producer ?? '') ?? [];
  return instance === undefined || processId === undefined ? undefined : { instance, processId };
}

/** Unix milliseconds. Nothing happened before there was time, or after it was told. */
const momentOf = (seconds: number, storedAt: number): number =>
  Math.min(Math.max(0, Math.round(seconds * 1000)), storedAt);

/** What an event says of the open connections; nothing if it opens one and no gateway process made it. */
export function changeOf(event: ConnectionEvent, storedAt: number): ConnectionChange | undefined {
  if (event.type === closedType) {
    return { kind: 'closed', storedAt, connectionId: event.payload.connection_id };
  }
  const opening = openingOf(event, storedAt);
  if (opening === undefined) return undefined;
  const { connectionId, robotId, processId, connectedAt } = opening;
  const connection = { connectionId, robotId, processId, connectedAt: connectedAt / 1000 };
  return { kind: 'established', storedAt, connection };
}

/** What an event says of a connection that it opens; nothing if no gateway process made it. */
export function openingOf(event: ConnectionEvent, storedAt: number): PresenceClaim | undefined {
  const producer = producerOf(event);
  if (event.type !== establishedType || producer === undefined) return undefined;
  const { robot_id: robotId, connection_id: connectionId, protocol } = event.payload;
  const connectedAt = momentOf(event.payload.connected_at, storedAt);
  return { robotId, connectionId, protocol, ...producer, connectedAt, lastSeenAt: connectedAt };
}

/** What an event says of the end of a connection, if it is one. Those of a lost gateway were made by another. */
export function endOf(event: ConnectionEvent, storedAt: number): PresenceEnd | undefined {
  if (event.type !== closedType) return undefined;
  const { robot_id: robotId, connection_id: connectionId, reason } = event.payload;
  const { disconnected_at: endedAt, duration_seconds: duration } = event.payload;
  return {
    ...{ robotId, connectionId, reason },
    instance: reason === 'gateway_lost' ? undefined : producerOf(event)?.instance,
    connectedAt: momentOf(endedAt - duration, storedAt),
    endedAt: momentOf(endedAt, storedAt),
  };
}
