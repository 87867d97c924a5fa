import { createEvent } from '@fleet/event-envelope';
import {
  changeOf,
  closedEvent,
  closedType,
  endOf,
  establishedEvent,
  establishedType,
  openingOf,
} from './connection-events.ts';

const producer = { instance: 'gateway/1', processId: '0b9d4a52-6a0e-4c77-8d0d-4f0e3b9a1c11' };
const connection = {
  robotId: 'robot_1',
  connectionId: 'ws_robot_1_1_abcdef',
  connectedAt: 1500,
  protocol: 'fleet.v1',
};

describe('connection events', () => {
  it('comply with the Charter and are read back as changes', () => {
    const opened = establishedEvent(connection, producer);
    expect(changeOf(createEvent(establishedType, opened.payload, opened.options), 1507)).toEqual({
      kind: 'established',
      storedAt: 1507,
      connection: {
        connectionId: 'ws_robot_1_1_abcdef',
        robotId: 'robot_1',
        processId: producer.processId,
        connectedAt: 1.5,
      },
    });
    const closed = closedEvent(connection, 'client_disconnect', 4000, producer);
    const event = createEvent(closedType, closed.payload, closed.options);
    expect(event.payload).toMatchObject({ duration_seconds: 2.5, disconnected_at: 4 });
    expect(changeOf(event, 8)).toEqual({ kind: 'closed', storedAt: 8, connectionId: 'ws_robot_1_1_abcdef' });
  });

  it('never let a connection end before it began', () => {
    const { payload } = closedEvent(connection, 'gateway_lost', 1000, producer);
    expect(payload).toMatchObject({ duration_seconds: 0, disconnected_at: 1.5 });
  });

  it('say of whom and when to presence, and of no time after they were stored', () => {
    const opened = establishedEvent({ ...connection, connectedAt: 1e300 }, producer);
    const event = createEvent(establishedType, opened.payload, opened.options);
    expect(openingOf(event, 1507)).toEqual({
      ...{ robotId: 'robot_1', connectionId: 'ws_robot_1_1_abcdef', protocol: 'fleet.v1', ...producer },
      ...{ connectedAt: 1507, lastSeenAt: 1507 },
    });
    expect(endOf(event, 1507)).toBeUndefined();
    const closed = closedEvent(connection, 'client_disconnect', 1e300, producer);
    const { robotId, connectionId } = connection;
    const instance = producer.instance;
    expect(endOf(createEvent(closedType, closed.payload, closed.options), 4007)).toEqual({
      ...{ robotId, connectionId, instance, reason: 'client_disconnect' },
      ...{ connectedAt: 0, endedAt: 4007 },
    });
  });

  it('do not name the gateway that told for another', () => {
    const closed = closedEvent(connection, 'gateway_lost', 4000, producer);
    const end = endOf(createEvent(closedType, closed.payload, closed.options), 4007);
    expect(end).toMatchObject({
      reason: 'gateway_lost',
      instance: undefined,
      connectedAt: 1500,
      endedAt: 4000,
    });
  });

  it('open nothing when no gateway process made them', () => {
    const { payload } = establishedEvent(connection, producer);
    expect(
      changeOf(createEvent(establishedType, payload, { meta: { producer: 'someone' } }), 7),
    ).toBeUndefined();
    expect(changeOf(createEvent(establishedType, payload), 7)).toBeUndefined();
  });
});
