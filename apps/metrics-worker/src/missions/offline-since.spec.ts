import type { PresenceRecord } from '@fleet/fleet-store';

import { offlineSinceOf } from './offline-since.ts';

const record = (more: Partial<PresenceRecord>): PresenceRecord => ({
  robotId: 'r1',
  connectionId: 'ws_r1',
  processId: 'p1',
  instance: 'one',
  connectedAt: 1_000,
  lastSeenAt: 2_000,
  since: 1_000,
  takeovers: 0,
  ...more,
});

describe('offlineSinceOf', () => {
  it('is the last sign of life when the connection was lost', () => {
    expect(offlineSinceOf(record({ ended: { at: 30_000, reason: 'heartbeat_timeout' } }))).toBe(2_000);
  });

  it('is the goodbye when there was one', () => {
    expect(offlineSinceOf(record({ ended: { at: 2_500, reason: 'client_disconnect' } }))).toBe(2_500);
  });

  it('is never while the robot is connected', () => {
    expect(offlineSinceOf(record({}))).toBeUndefined();
  });
});
