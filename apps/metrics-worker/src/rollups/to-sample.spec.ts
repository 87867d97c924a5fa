import { createEvent } from '@fleet/event-envelope';

import { toSample } from './to-sample.ts';

const storedAt = 1_700_000_000_000;

const sampleOf = (times: { recorded_at?: number; received_at?: number }) =>
  toSample(
    createEvent('telemetry.data_received', {
      robot_id: 'robot_001',
      connection_id: 'ws_1',
      metrics: { load: 0.5, gap: null },
      received_at: storedAt / 1000 - 1,
      ...times,
    }),
    { sequence: 7, storedAt },
  );

describe('toSample', () => {
  it('is dated by when the robot recorded it, and leaves out what is no reading', () => {
    expect(sampleOf({ recorded_at: 1_699_999_990.5 })).toEqual({
      robotId: 'robot_001',
      sequence: 7,
      storedAtMs: storedAt,
      atMs: 1_699_999_990_500,
      readings: [['load', 0.5]],
    });
  });

  it('is dated by when it came, failing that', () => {
    expect(sampleOf({})).toMatchObject({ atMs: storedAt - 1000 });
  });

  it.each([1e308, -1e308, -1, storedAt / 1000 + 301, storedAt])(
    'is dated by when it was stored when it says %d',
    (recorded_at) => {
      expect(sampleOf({ recorded_at })).toMatchObject({ atMs: storedAt });
    },
  );
});
