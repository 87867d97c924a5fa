import { ConnectionQuality } from './connection-quality.ts';
import { SequenceLedger } from './sequence-ledger.ts';

const connection = { robotId: 'r', connectionId: 'c' };

describe('the quality of a connection', () => {
  it('is told for one window at a time, what is missing as it stands', () => {
    const quality = new ConnectionQuality(1000);
    const ledger = new SequenceLedger();
    for (const seq of [1, 1, 5, 3]) ledger.take(seq);
    ledger.refuse(6);
    quality.messages = 5;
    quality.bytes = 500;
    for (const ms of [9, 1, 2]) quality.roundTrip(ms);
    expect(quality.report(connection, ledger, 3000)).toEqual({
      robot_id: 'r',
      connection_id: 'c',
      window_seconds: 2,
      messages: 5,
      bytes: 500,
      duplicates: 1,
      missing: 2,
      out_of_order: 1,
      rejected: 1,
      round_trip_ms: { p50: 2, max: 9 },
      measured_at: 3,
    });
    expect(quality.report(connection, ledger, 4000)).toMatchObject({
      messages: 0,
      duplicates: 0,
      missing: 2,
      round_trip_ms: null,
    });
  });
});
