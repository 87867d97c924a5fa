import fc from 'fast-check';
import { createRobotRate, type RateVerdict } from './robot-rate.ts';

function rateAt(settings: { frames?: number; bytes?: number; abuseAfterMs?: number }) {
  const clock = { ms: 0 };
  const rate = createRobotRate({
    framesPerSecond: settings.frames ?? 0,
    bytesPerSecond: settings.bytes ?? 0,
    ...(settings.abuseAfterMs === undefined ? {} : { abuseAfterMs: settings.abuseAfterMs }),
    now: () => clock.ms,
  });
  const allowed = (frames: number, bytes = 1): number =>
    Array.from({ length: frames }, () => rate.take(bytes)).filter((verdict) => verdict.allowed).length;
  return { clock, rate, allowed };
}

const refused = (verdict: RateVerdict) => {
  if (verdict.allowed) throw new Error('expected a refusal');
  return verdict;
};

describe('createRobotRate', () => {
  it('allows a burst of twice the rate, then the rate', () => {
    const { clock, allowed } = rateAt({ frames: 10 });
    expect(allowed(50)).toBe(20);
    clock.ms = 1000;
    expect(allowed(50)).toBe(10);
    clock.ms = 100_000;
    expect(allowed(50)).toBe(20);
  });

  it('counts bytes as well, and what is refused costs nothing', () => {
    const { clock, rate, allowed } = rateAt({ frames: 10, bytes: 1000 });
    expect(allowed(2, 1000)).toBe(2);
    expect(rate.take(1).allowed).toBe(false);
    clock.ms = 500;
    expect(allowed(1, 501)).toBe(0);
    expect(allowed(1, 500)).toBe(1);
  });

  it('knows no limit at zero', () => {
    const { allowed } = rateAt({});
    expect(allowed(100_000, 1_000_000)).toBe(100_000);
  });

  it('lets a frame larger than its burst come when it has saved all it can, and then makes it wait', () => {
    const { clock, rate } = rateAt({ bytes: 1000 });
    expect(rate.take(5000).allowed).toBe(true);
    expect(refused(rate.take(1)).retryAfterMs).toBe(4000);
    clock.ms = 5000;
    expect(rate.take(5000).allowed).toBe(true);
  });

  it('tells when one second’s worth will be there', () => {
    const { clock, rate, allowed } = rateAt({ frames: 10 });
    allowed(20);
    const { retryAfterMs } = refused(rate.take(1));
    expect(retryAfterMs).toBe(1000);
    clock.ms = retryAfterMs;
    expect(allowed(20)).toBe(10);
  });

  it('calls it abuse when a robot does not listen for a minute', () => {
    const { clock, rate } = rateAt({ frames: 10 });
    let abusiveAtMs: number | undefined;
    for (; abusiveAtMs === undefined && clock.ms < 120_000; clock.ms += 10) {
      const verdict = rate.take(1);
      if (!verdict.allowed && verdict.abusive) abusiveAtMs = clock.ms;
    }
    // The burst lasts for two seconds and a bit before the first refusal.
    expect(abusiveAtMs).toBeGreaterThanOrEqual(60_000);
    expect(abusiveAtMs).toBeLessThan(65_000);
  });

  it('never calls it abuse when a robot waits as it is told, however much it has to say', () => {
    const { clock, rate } = rateAt({ frames: 10 });
    let refusals = 0;
    while (clock.ms < 600_000) {
      const verdict = rate.take(1);
      if (verdict.allowed) continue;
      refusals += 1;
      expect(verdict.abusive).toBe(false);
      // Frames that were on their way when the robot was told still arrive.
      for (const late of [5, 10, 15]) {
        clock.ms += late;
        expect(refused(rate.take(1)).abusive).toBe(false);
      }
      clock.ms += verdict.retryAfterMs;
    }
    expect(refusals).toBeGreaterThan(100);
  });

  it('forgets abuse when the robot pauses', () => {
    const { clock, rate } = rateAt({ frames: 10, abuseAfterMs: 1000 });
    const flood = (untilMs: number): RateVerdict[] => {
      const verdicts: RateVerdict[] = [];
      for (; clock.ms < untilMs; clock.ms += 10) verdicts.push(rate.take(1));
      return verdicts;
    };
    const isAbusive = (verdict: RateVerdict): boolean => !verdict.allowed && verdict.abusive;
    expect(flood(1000).some(isAbusive)).toBe(false);
    expect(flood(2000).some(isAbusive)).toBe(true);
    clock.ms += 3000;
    expect(flood(clock.ms + 1000).some(isAbusive)).toBe(false);
  });

  it('never lets more through than burst and rate together, and never less than was due', () => {
    const step = fc.record({ waitMs: fc.nat(3000), bytes: fc.integer({ min: 1, max: 3000 }) });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2000 }),
        fc.array(step, { maxLength: 200 }),
        (perSecond, steps) => {
          const { clock, rate } = rateAt({ bytes: perSecond });
          let taken = 0;
          for (const { waitMs, bytes } of steps) {
            clock.ms += waitMs;
            const verdict = rate.take(bytes);
            if (verdict.allowed) taken += bytes;
            else {
              expect(Number.isInteger(verdict.retryAfterMs)).toBe(true);
              clock.ms += verdict.retryAfterMs;
              expect(rate.take(bytes).allowed).toBe(true);
              taken += bytes;
            }
            // One frame may be larger than the bucket.
            expect(taken).toBeLessThanOrEqual(perSecond * 2 + (perSecond * clock.ms) / 1000 + 3000);
          }
        },
      ),
    );
  });
});
