import type { Figures } from './figures.ts';
import { isCounted, replaySums } from './replay-sums.ts';

const missions = { completed: 241, failed: 23, cancelled: 0, inFlight: 0, lag: 0, asOf: 1_700_000_100 };
const figures: Figures = {
  atMs: 0,
  robots: 0,
  missions,
  stored: { samples: 7409, events: 30 },
  workerSays: undefined,
};
const at = 1_700_000_100_000;

describe('isCounted', () => {
  it('is true when nothing is left and the last run saw the end', () => {
    expect(isCounted(figures, at)).toBe(true);
  });

  it.each([
    ['something is left', { ...missions, lag: 1 }],
    ['the last run came before the end', { ...missions, asOf: 1_700_000_099 }],
    ['there was no run', { ...missions, asOf: null }],
    ['the worker does not answer', undefined],
  ])('is false when %s', (_, now) => {
    expect(isCounted({ ...figures, missions: now }, at)).toBe(false);
  });

  it('is false when NATS does not answer', () => {
    expect(isCounted({ ...figures, stored: undefined }, at)).toBe(false);
  });
});

describe('replaySums', () => {
  it('gives the messages and the missions by outcome', () => {
    expect(replaySums({ samples: 0, events: 0 }, figures).split('\n')).toEqual([
      'messages in CHARTER_TELEMETRY: 7409',
      'messages in CHARTER_EVENTS: 30',
      'missions: 241 completed, 23 failed, 0 cancelled, 0 under way',
    ]);
  });

  it('tells what is new from what was there', () => {
    expect(replaySums({ samples: 409, events: 0 }, figures)).toContain('7409, 7000 of them since the start');
  });
});
