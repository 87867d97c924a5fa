import type { RateVerdict } from '../admission/index.ts';
import { Throttle } from './throttle.ts';

const setUp = () => {
  let verdict: RateVerdict = { allowed: true };
  const throttle = new Throttle({ take: () => verdict });
  return { throttle, say: (next: RateVerdict) => (verdict = next) };
};

const refused: RateVerdict = { allowed: false, retryAfterMs: 500, abusive: false };

describe('the throttle', () => {
  it('drops everything until the robot may try again, and says so once', () => {
    const { throttle, say } = setUp();
    expect(throttle.take(1, 0).kind).toBe('allowed');
    say(refused);
    expect(throttle.take(1, 100)).toEqual({ kind: 'notice', retryAfterMs: 500, dropped: 1 });
    expect(throttle.take(1, 200).kind).toBe('dropped');
    say({ allowed: true });
    expect(throttle.take(1, 599).kind).toBe('dropped');
    expect(throttle.take(1, 600).kind).toBe('allowed');
  });

  it('counts in the next notice what was dropped since the last', () => {
    const { throttle, say } = setUp();
    say(refused);
    throttle.take(1, 0);
    throttle.take(1, 1);
    throttle.take(1, 2);
    expect(throttle.take(1, 500)).toEqual({ kind: 'notice', retryAfterMs: 500, dropped: 3 });
  });

  it('passes on that a robot does not listen', () => {
    const { throttle, say } = setUp();
    say({ ...refused, abusive: true });
    expect(throttle.take(1, 0).kind).toBe('abusive');
  });
});
