import type { PresenceRecord } from '@fleet/fleet-store';
import { presenceAt } from './presence-state.ts';

const rules = { staleAfterMs: 30_000, graceMs: 15_000, takeoverLimit: 15 };
const record: PresenceRecord = {
  robotId: 'r',
  connectionId: 'c',
  processId: 'p',
  instance: 'i',
  connectedAt: 2000,
  lastSeenAt: 100_000,
  since: 1000,
  takeovers: 0,
};
const ended = (reason: 'client_disconnect' | 'server_shutdown') => ({
  ...record,
  ended: { at: 101_000, reason },
});

describe('presenceAt', () => {
  it('is online while the robot is heard', () => {
    expect(presenceAt(record, true, 130_000, rules)).toMatchObject({ state: 'online', since: 1000 });
  });

  it('is stale when connected and silent', () => {
    expect(presenceAt(record, true, 130_001, rules)).toMatchObject({ state: 'stale', since: 130_000 });
  });

  it('is unknown when the owner vanished', () => {
    expect(presenceAt(record, false, 100_500, rules)).toMatchObject({ state: 'unknown', since: 100_000 });
  });

  it('is offline with the reason once the connection ended, whatever became of its owner', () => {
    for (const alive of [true, false]) {
      const shown = presenceAt(ended('client_disconnect'), alive, 101_000, rules);
      expect(shown).toMatchObject({ state: 'offline', since: 101_000, reason: 'client_disconnect' });
    }
  });

  it('stays as it was within the grace after a shutdown, and not longer', () => {
    const before = presenceAt(ended('server_shutdown'), false, 116_000, rules);
    expect(before).toMatchObject({ state: 'online', since: 1000 });
    expect(before.reason).toBeUndefined();
    const after = presenceAt(ended('server_shutdown'), false, 116_001, rules);
    expect(after).toMatchObject({ state: 'offline', since: 101_000, reason: 'server_shutdown' });
  });

  it('is contested above the limit of takeovers', () => {
    expect(presenceAt({ ...record, takeovers: 15 }, true, 0, rules).contested).toBe(false);
    expect(presenceAt({ ...record, takeovers: 16 }, true, 0, rules).contested).toBe(true);
  });
});
