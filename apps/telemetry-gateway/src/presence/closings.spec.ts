import { createAliveness } from './aliveness.ts';
import { createClosings, wasClosed } from './closings.ts';

const closing = (connectionId: string, connectedAt = 0) => ({
  robotId: 'r',
  connectionId,
  connectedAt,
  reason: 'client_disconnect' as const,
  endedAt: connectedAt + 1,
});

function setUp() {
  const clock = { now: 0 };
  const emitted: string[] = [];
  const aliveness = createAliveness({ suspectAfterMs: 5, settleMs: 20, duplicateWindowMs: 100 }, 0);
  const closings = createClosings({
    eventStream: {
      enabled: true,
      emit: (_type, payload) => void emitted.push((payload as { connection_id: string }).connection_id),
    },
    aliveness,
    producer: { instance: 'i', processId: 'p' },
    now: () => clock.now,
  });
  return { clock, emitted, aliveness, closings };
}

describe('closings', () => {
  it('are emitted at once while nobody can have told them', () => {
    const { emitted, closings } = setUp();
    closings.close(closing('a'));
    expect(emitted).toEqual(['a']);
    expect(closings.held()).toEqual([]);
  });

  it('wait when others may have told them too long ago, and are then told or let go', () => {
    const { clock, emitted, aliveness, closings } = setUp();
    clock.now = 1000;
    closings.close(closing('open'));
    closings.close(closing('told'));
    expect(emitted).toEqual([]);
    expect(closings.held()).toEqual(['open', 'told']);
    aliveness.beaten(1000);
    closings.settle(
      new Map([
        ['open', 'open'],
        ['told', 'closed'],
      ]),
    );
    expect(closings.held()).toEqual(['open']);
    clock.now = 1020;
    for (let now = 1005; now <= 1020; now += 5) aliveness.beaten(now);
    aliveness.verified(1020);
    closings.settle(new Map([['open', 'open']]));
    expect(emitted).toEqual(['open']);
    expect(closings.held()).toEqual([]);
  });
});

describe('wasClosed', () => {
  it('believes the register', () => {
    expect(wasClosed('closed', 0, undefined, 0)).toBe(true);
    expect(wasClosed('open', 0, 0, 1e9)).toBe(false);
    expect(wasClosed('unknown', 0, undefined, 1e9)).toBe(false);
  });

  it('takes what the register no longer knows for closed only after a silence that outlasts its memory', () => {
    expect(wasClosed('unknown', 0, 1, 1_000_000)).toBe(false);
    expect(wasClosed('unknown', 0, 1, 3_600_000)).toBe(true);
    expect(wasClosed('unknown', 5, 1, 3_600_000)).toBe(false);
  });
});
