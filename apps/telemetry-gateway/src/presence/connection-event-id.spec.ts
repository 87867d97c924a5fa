import { connectionEventId } from './connection-event-id.ts';

describe('the id of a connection event', () => {
  it('is a UUID of version 5, the same for every maker', () => {
    const id = connectionEventId('telemetry.connection_closed', 'ws_robot_1_1703001234_abc123');
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(connectionEventId('telemetry.connection_closed', 'ws_robot_1_1703001234_abc123')).toBe(id);
  });

  it('differs by connection and by type', () => {
    const ids = ['a', 'b'].flatMap((each) => [
      connectionEventId('telemetry.connection_closed', each),
      connectionEventId('telemetry.connection_established', each),
    ]);
    expect(new Set(ids).size).toBe(4);
  });
});
