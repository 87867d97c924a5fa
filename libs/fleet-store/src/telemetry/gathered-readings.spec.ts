import { GatheredReadings } from './gathered-readings.ts';
import { encodeReading, type Reading } from './reading.ts';

const reading = (recordedAt: number, seq: number): Reading => ({
  metrics: { value: seq },
  attributes: { note: 'two\nlines' },
  recordedAt,
  receivedAt: 9,
  seq,
});

const linesOf = (...readings: Reading[]): string =>
  readings.map((each) => `${encodeReading(each)}\n`).join('');

describe('gathered readings', () => {
  it('are lines in the order in which they came', () => {
    const gathered = GatheredReadings.of([reading(2, 1), reading(1, 2)]);
    expect(gathered.lines).toBe(linesOf(reading(2, 1), reading(1, 2)));
    expect(gathered.lines.split('\n')).toHaveLength(3);
    expect(gathered.size).toBe(2);
    expect(GatheredReadings.of([])).toMatchObject({ lines: '', newest: undefined, size: 0 });
  });

  it('know the newest by recording time, then by number', () => {
    const gathered = GatheredReadings.of([reading(2, 1), reading(3, 2), reading(3, 1), reading(1, 9)]);
    expect(gathered.newest).toEqual({ reading: reading(3, 2), text: encodeReading(reading(3, 2)) });
  });

  it('take in what came later', () => {
    const gathered = GatheredReadings.of([reading(2, 1)]);
    gathered.addAll(GatheredReadings.of([reading(1, 2)]));
    gathered.addAll(GatheredReadings.of([reading(4, 3)]));
    gathered.addAll(new GatheredReadings());
    expect(gathered.lines).toBe(linesOf(reading(2, 1), reading(1, 2), reading(4, 3)));
    expect(gathered.newest?.reading).toEqual(reading(4, 3));
  });

  it('give up all but the newest', () => {
    const gathered = GatheredReadings.of([reading(2, 1), reading(3, 2), reading(1, 3)]);
    expect(gathered.forgetOlder()).toBe(2);
    expect(gathered.lines).toBe(linesOf(reading(3, 2)));
    expect(gathered.forgetOlder()).toBe(0);
    expect(new GatheredReadings().forgetOlder()).toBe(0);
  });
});
