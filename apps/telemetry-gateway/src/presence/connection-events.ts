import type { CharterEvent, CloseReason, CreateEventOptions, EventPayload } from '@fleet/event-envelope';
import type { ConnectionChange } from '@fleet/fleet-store';
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

const processOf = (producer: string | undefined): string | undefined =>
  /\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(producer ?? '')?.[1];

/** What an event says of the open connections; nothing if it opens one and no gateway process made it. */
export function changeOf(
  event: CharterEvent<typeof establishedType | typeof closedType>,
  storedAt: number,
): ConnectionChange | undefined {
  const { connection_id: connectionId, robot_id: robotId } = event.payload;
  if (event.type === closedType) return { kind: 'closed', storedAt, connectionId };
  const processId = processOf(event.meta.producer);
  if (processId === undefined) return undefined;
  const connectedAt = event.payload.connected_at;
  return { kind: 'established', storedAt, connection: { connectionId, robotId, processId, connectedAt } };
}
