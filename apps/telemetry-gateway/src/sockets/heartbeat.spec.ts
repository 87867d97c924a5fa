import { Heartbeat } from './heartbeat.ts';

describe('the heartbeat', () => {
  it('times out when two pings in a row were not answered', () => {
    const heartbeat = new Heartbeat();
    expect([0, 10, 20].map((now) => heartbeat.beat(now, true))).toEqual(['ping', 'ping', 'timeout']);
  });

  it('measures the round trip of a ping that was answered before the next', () => {
    const heartbeat = new Heartbeat();
    heartbeat.beat(100, true);
    expect(heartbeat.answered(103)).toBe(3);
    heartbeat.beat(200, true);
    heartbeat.beat(300, true);
    expect(heartbeat.answered(303)).toBeUndefined();
    expect(heartbeat.beat(400, true)).toBe('ping');
  });

  it('takes any message for a sign of life', () => {
    const heartbeat = new Heartbeat();
    for (let now = 0; now < 100; now += 10) {
      expect(heartbeat.beat(now, true)).toBe('ping');
      heartbeat.heard();
    }
  });

  it('does not count what cannot be heard while nothing is read', () => {
    const heartbeat = new Heartbeat();
    for (let now = 0; now < 100; now += 10) expect(heartbeat.beat(now, false)).toBe('ping');
  });
});
