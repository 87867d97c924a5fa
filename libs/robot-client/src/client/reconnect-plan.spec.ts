import { isUnauthorized, reconnectDelayMs, type Ended } from './reconnect-plan.ts';

const settings = { minMs: 250, maxMs: 30_000 };
const ended = (fields: Partial<Ended> = {}): Ended => ({ code: 1006, reason: '', attempt: 0, ...fields });
const bounds = (fields: Partial<Ended>): [number, number] => [
  reconnectDelayMs(ended(fields), settings, () => 0),
  reconnectDelayMs(ended(fields), settings, () => 1),
];

describe('the plan of a reconnect', () => {
  it('draws from an interval that doubles with every attempt and ends at 30 s', () => {
    expect(bounds({ attempt: 0 })).toEqual([0, 250]);
    expect(bounds({ attempt: 3 })).toEqual([0, 2_000]);
    expect(bounds({ attempt: 5_000 })).toEqual([0, 30_000]);
  });

  it('comes back exactly when a closing gateway says', () => {
    expect(bounds({ code: 1012, reconnectAfterMs: 1_234, attempt: 4 })).toEqual([1_234, 1_234]);
  });

  it('adds its jitter to what a refusing gateway asks for', () => {
    expect(bounds({ refusedStatus: 503, retryAfterMs: 5_000 })).toEqual([5_000, 5_250]);
  });

  it.each([1013, 4004])('gives an overloaded gateway at least a second after %d', (code) => {
    expect(bounds({ code })).toEqual([1_000, 1_250]);
  });

  it.each([400, 401, 403, 404])('tries slowly when refused with %d', (refusedStatus) => {
    expect(bounds({ refusedStatus })).toEqual([30_000, 60_000]);
    expect(isUnauthorized(ended({ refusedStatus }))).toBe(true);
  });

  it('takes a busy gateway for no refusal', () => {
    expect([429, 503].some((refusedStatus) => isUnauthorized(ended({ refusedStatus })))).toBe(false);
  });

  it('is not kept away for longer than ten minutes', () => {
    expect(bounds({ reconnectAfterMs: 1e15 })).toEqual([600_000, 600_000]);
    expect(bounds({ retryAfterMs: 1e15 })).toEqual([600_000, 600_250]);
  });
});
