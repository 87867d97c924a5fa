import { complaintOf, flowLine, metricValue, missionFiguresOf, type Figures } from './figures.ts';

const missions = { completed: 3, failed: 1, cancelled: 0, inFlight: 2, lag: 0, asOf: 1_700_000_000 };
const at = (atMs: number, samples: number): Figures => ({
  atMs,
  robots: 5,
  missions,
  workerSays: undefined,
  stored: { samples, events: 10 },
});

describe('metricValue', () => {
  const text = '# HELP robots\nfleet_robots_total{a="b"} 7\nfleet_robots 5\n';

  it('finds an unlabelled metric', () => {
    expect(metricValue(text, 'fleet_robots')).toBe(5);
  });

  it('knows what is not there', () => {
    expect(metricValue(text, 'fleet')).toBeUndefined();
  });
});

describe('missionFiguresOf', () => {
  it('takes outcomes that never happened as none', () => {
    const answer = { lag_entries: 4, as_of: null, in_flight: 1, totals: { completed: 2 } };
    expect(missionFiguresOf(answer)).toEqual({
      completed: 2,
      failed: 0,
      cancelled: 0,
      inFlight: 1,
      lag: 4,
      asOf: null,
    });
  });
});

describe('complaintOf', () => {
  it('finds the words of problem details', () => {
    expect(complaintOf({ status: 503, text: '{"title":"Unavailable","detail":"the store is away"}' })).toBe(
      '503 the store is away',
    );
  });

  it('makes do with the status', () => {
    expect(complaintOf({ status: 502, text: '<html>' })).toBe('502');
  });
});

describe('flowLine', () => {
  it('gives the rate between two looks', () => {
    const line = flowLine(at(1_000, 1_000), at(3_000, 1_050));
    expect(line).toContain('5 robots · 25 samples/s · 1,050 samples and 10 events on NATS');
    expect(line).toContain('missions: 3 completed, 1 failed, 2 under way');
  });

  it('says who does not answer', () => {
    const line = flowLine(at(0, 0), { ...at(1_000, 0), robots: undefined, missions: undefined });
    expect(line).toContain('the gateway does not answer');
    expect(line).toContain('the worker does not answer');
  });

  it('says what the worker says instead of figures', () => {
    const now = { ...at(1_000, 0), missions: undefined, workerSays: '503 the store is away' };
    expect(flowLine(at(0, 0), now)).toContain('the worker answers 503 the store is away');
  });

  it('gives no rate while NATS does not answer, nor across the gap', () => {
    const away = { ...at(2_000, 0), stored: undefined };
    expect(flowLine(at(1_000, 5_000), away)).toContain('5 robots · NATS does not answer · missions');
    expect(flowLine(away, at(3_000, 9_000))).toContain('5 robots · 9,000 samples and 10 events on NATS');
  });
});
