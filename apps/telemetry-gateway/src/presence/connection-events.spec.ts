import { createEvent } from '@fleet/event-envelope';
import { changeOf, closedEvent, closedType, establishedEvent, establishedType } from './connection-events.ts';

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
    expect(changeOf(createEvent(establishedType, opened.payload, opened.options), 7)).toEqual({
      kind: 'established',
      storedAt: 7,
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

  it('open nothing when no gateway process made them', () => {
    const { payload } = establishedEvent(connection, producer);
    expect(
      changeOf(createEvent(establishedType, payload, { meta: { producer: 'someone' } }), 7),
    ).toBeUndefined();
    expect(changeOf(createEvent(establishedType, payload), 7)).toBeUndefined();
  });
});
