import { EventEmitter, once } from 'node:events';

import { createPublisherFixture } from '../publish/publisher.fixture.ts';
import { Guard } from './guard.ts';
import type { Outbox } from './outbox.ts';

/** Closed while the outbox is taking three events; gives what was counted when the outbox has answered. */
const closedAmidAppend = async (answer: () => Promise<{ leftOut: number }>) => {
  const { publisher, log } = createPublisherFixture();
  const steps = new EventEmitter();
  const over = once(steps, 'answered');
  let taking = 0;
  const append: Outbox['append'] = async (entries) => {
    taking = entries.length;
    await once(steps, 'abandoned');
    setImmediate(() => steps.emit('answered'));
    return answer();
  };
  const guard = new Guard({ append } as Outbox, { publisher, log, afterMs: 60_000 });
  for (const robot of ['a', 'b', 'c']) {
    publisher.emit('telemetry.connection_established', {
      robot_id: robot,
      connection_id: `ws_${robot}_1_abcdef`,
      connected_at: 1,
    });
  }
  await guard.close(200);
  expect(taking).toBe(3);
  publisher.abandon();
  steps.emit('abandoned');
  await over;
  return { outboxed: publisher.counters.outboxed, lost: publisher.counters.dropped.closed };
};

describe('a guard that is closed while the outbox is taking events', () => {
  it('counts what the outbox took in the end once, as lost', async () => {
    expect(await closedAmidAppend(() => Promise.resolve({ leftOut: 0 }))).toEqual({ outboxed: 0, lost: 3 });
  });

  it('counts what the outbox did not take once, as lost', async () => {
    const refused = () => Promise.reject(new Error('away'));
    expect(await closedAmidAppend(refused)).toEqual({ outboxed: 0, lost: 3 });
  });
});
